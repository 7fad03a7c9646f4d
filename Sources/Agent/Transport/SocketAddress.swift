internal import Addressing
internal import Glibc

/// Endpoints as the kernel writes them (ip(7), ipv6(7)).
struct SocketAddress {
    var storage = sockaddr_storage()
    var length: socklen_t

    init() { length = socklen_t(MemoryLayout<sockaddr_storage>.size) }

    init(_ endpoint: Endpoint) {
        switch endpoint.address {
        case .v4(let address):
            var socket = sockaddr_in()
            socket.sin_family = sa_family_t(AF_INET)
            socket.sin_port = endpoint.port.bigEndian
            socket.sin_addr.s_addr = address.bits.bigEndian
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeBytes(of: socket) { source in
                withUnsafeMutableBytes(of: &storage) { $0.copyMemory(from: source) }
            }
        case .v6(let address):
            var socket = sockaddr_in6()
            socket.sin6_family = sa_family_t(AF_INET6)
            socket.sin6_port = endpoint.port.bigEndian
            withUnsafeMutableBytes(of: &socket.sin6_addr) { $0.copyBytes(from: address.networkBytes) }
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            withUnsafeBytes(of: socket) { source in
                withUnsafeMutableBytes(of: &storage) { $0.copyMemory(from: source) }
            }
        }
    }

    var endpoint: Endpoint? {
        withUnsafeBytes(of: storage) { bytes -> Endpoint? in
            switch Int32(storage.ss_family) {
            case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
                let socket = bytes.loadUnaligned(as: sockaddr_in.self)
                let address = IPv4Address(bits: UInt32(bigEndian: socket.sin_addr.s_addr))
                return Endpoint(address: .v4(address), port: UInt16(bigEndian: socket.sin_port))
            case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
                let socket = bytes.loadUnaligned(as: sockaddr_in6.self)
                guard let address = withUnsafeBytes(of: socket.sin6_addr, { IPv6Address(networkBytes: $0) }) else {
                    return nil
                }
                return Endpoint(address: .v6(address), port: UInt16(bigEndian: socket.sin6_port))
            default: return nil
            }
        }
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}
