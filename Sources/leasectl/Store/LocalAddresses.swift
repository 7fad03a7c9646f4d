internal import Addressing
internal import Glibc

/// The machine's IPv4 addresses, loopback aside (getifaddrs(3)).
enum LocalAddresses {
    static var all: [IPv4Address] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var addresses: [IPv4Address] = []
        var next = list
        while let entry = next {
            next = entry.pointee.ifa_next
            guard let address = entry.pointee.ifa_addr, address.pointee.sa_family == sa_family_t(AF_INET) else {
                continue
            }
            let bits = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee.sin_addr.s_addr }
            let found = IPv4Address(bits: UInt32(bigEndian: bits))
            if !found.isLoopback { addresses.append(found) }
        }
        return addresses.sorted()
    }
}
