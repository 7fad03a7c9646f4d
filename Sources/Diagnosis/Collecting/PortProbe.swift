internal import Addressing
internal import Glibc

/// A datagram to a UDP port. Who listens there does not understand it and says nothing; what comes back is ICMP's word.
final class PortProbe {
    let descriptor: Int32

    init?(_ address: IPv4Address, _ port: UInt16) {
        guard port != 0 else { return nil }
        descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = port.bigEndian
        target.sin_addr.s_addr = address.bits.bigEndian
        let isConnected = withUnsafePointer(to: &target) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        let bytes = Array("felt doctor".utf8)
        if isConnected { _ = Glibc.send(descriptor, bytes, bytes.count, 0) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func answer() -> PathReport.Port {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0, code != 0 else { return .silent }
        return code == ECONNREFUSED ? .closed : .forbidden
    }
}
