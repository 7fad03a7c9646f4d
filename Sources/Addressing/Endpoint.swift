/// An IP address of either family, where the family is data: an underlay address, a peer's endpoint.
package enum AnyIPAddress: Hashable, Comparable, Sendable, CustomStringConvertible {
    case v4(IPv4Address)
    case v6(IPv6Address)

    package init(parsing text: some StringProtocol) throws(AddressError) {
        if let address = try? IPv4Address(parsing: text) {
            self = .v4(address)
        } else if let address = try? IPv6Address(parsing: text) {
            self = .v6(address)
        } else {
            throw .notAnAddress(text: String(text), family: "IP")
        }
    }

    package var description: String {
        switch self {
        case .v4(let address): address.description
        case .v6(let address): address.description
        }
    }

    package var networkBytes: [UInt8] {
        switch self {
        case .v4(let address): address.networkBytes
        case .v6(let address): address.networkBytes
        }
    }

    /// The address, if it is of this family.
    package var v4: IPv4Address? {
        if case .v4(let address) = self { address } else { nil }
    }
}

/// A transport address: an IP address and a UDP port.
package struct Endpoint: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var address: AnyIPAddress
    package var port: UInt16

    package init(address: AnyIPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    package var description: String {
        switch address {
        case .v4: "\(address):\(port)"
        case .v6: "[\(address)]:\(port)"
        }
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.address, left.port) < (right.address, right.port)
    }
}

/// A host as a person writes it, HOST[:PORT]: a name or an address ("[…]" around IPv6 with a port), not yet resolved.
package struct HostPort: Hashable, Sendable, CustomStringConvertible {
    package var host: String
    package var port: UInt16?

    package init(parsing text: some StringProtocol) throws(AddressError) {
        if (try? IPv6Address(parsing: text)) != nil {
            (host, port) = (String(text), nil)
            return
        }
        let colon = text.lastIndex(of: ":").flatMap { text.hasSuffix("]") ? nil : $0 }
        var name = String(colon.map { text[..<$0] } ?? text[...])
        if name.hasPrefix("["), name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
        guard !name.isEmpty, name.utf8.count <= 253, !name.unicodeScalars.contains(where: { $0.value <= 0x20 }) else {
            throw .notAnAddress(text: String(text), family: "IP")
        }
        host = name
        port = nil
        if let colon {
            guard let number = UInt16(text[text.index(after: colon)...]), number > 0 else {
                throw .portOutOfRange(text: String(text))
            }
            port = number
        }
    }

    package var description: String {
        let shown = host.contains(":") && port != nil ? "[\(host)]" : host
        return port.map { "\(shown):\($0)" } ?? shown
    }
}
