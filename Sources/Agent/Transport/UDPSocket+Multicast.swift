internal import Addressing
internal import Glibc

/// Multicast on one interface (ip(7)): datagrams to a group stay on the local network, TTL 1.
extension UDPSocket {
    /// Hears the group on this interface, and sends to groups through it; no longer through another.
    /// - Returns: errno of what failed; 0 when done.
    func joinGroup(_ group: IPv4Address, interface index: Int32, leaving former: Int32?) -> Int32 {
        let level = Int32(IPPROTO_IP)
        if let former, former != index { _ = request(group, former, level, IP_DROP_MEMBERSHIP) }
        let joined = request(group, index, level, IP_ADD_MEMBERSHIP)
        guard joined == 0 || joined == EADDRINUSE else { return joined }
        Self.set(descriptor, level, IP_MULTICAST_TTL, 1)
        Self.set(descriptor, level, IP_MULTICAST_LOOP, 0)
        // Only what this socket has joined: not what other programs on the machine have.
        Self.set(descriptor, level, IP_MULTICAST_ALL, 0)
        return request(group, index, level, IP_MULTICAST_IF)
    }

    private func request(_ group: IPv4Address, _ index: Int32, _ level: Int32, _ option: Int32) -> Int32 {
        var request = ip_mreqn()
        request.imr_multiaddr.s_addr = group.bits.bigEndian
        request.imr_ifindex = index
        let length = socklen_t(MemoryLayout<ip_mreqn>.size)
        return setsockopt(descriptor, level, option, &request, length) == 0 ? 0 : errno
    }
}
