package import Addressing
internal import Glibc

/// Host names to endpoints, on a thread of its own: a resolver may take its time.
package enum Resolver {
    /// The addresses of `host`, at most 16; none if it is unknown, or cannot be asked for now.
    package static func resolve(_ host: HostPort, defaultPort: UInt16) async -> [Endpoint] {
        let port = host.port ?? defaultPort
        if let address = try? AnyIPAddress(parsing: host.host) { return [Endpoint(address: address, port: port)] }
        return await withCheckedContinuation { continuation in
            let isStarted = Threads.startIfPossible { continuation.resume(returning: lookUp(host.host, port)) }
            if !isStarted { continuation.resume(returning: []) }
        }
    }

    private static func lookUp(_ name: String, _ port: UInt16) -> [Endpoint] {
        var hints = addrinfo()
        hints.ai_family = AF_INET
        hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &first) == 0, let first else { return [] }
        defer { freeaddrinfo(first) }
        var found: [Endpoint] = []
        for entry in sequence(first: first, next: { $0.pointee.ai_next }) {
            guard let pointer = entry.pointee.ai_addr,
                entry.pointee.ai_addrlen >= socklen_t(MemoryLayout<sockaddr_in>.size)
            else { continue }
            let socket = UnsafeRawPointer(pointer).loadUnaligned(as: sockaddr_in.self)
            let address = IPv4Address(bits: UInt32(bigEndian: socket.sin_addr.s_addr))
            let endpoint = Endpoint(address: .v4(address), port: port)
            if !found.contains(endpoint), found.count < 16 { found.append(endpoint) }
        }
        return found
    }
}
