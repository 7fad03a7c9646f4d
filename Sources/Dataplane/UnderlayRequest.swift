package import Addressing

/// What the operator said about the underlay: flannel's --iface, --iface-regex, --iface-can-reach and --public-ip.
package struct UnderlayRequest: Hashable, Sendable {
    /// Names or addresses, in the order in which they are tried.
    package var interfaces: [String]
    /// Each is tried on all addresses, then on all names.
    package var patterns: [String]
    package var canReach: IPv4Address?
    package var publicIP: IPv4Address?
    /// A device never to choose: the overlay's own, whose address lies in the network that a pattern may be meant for.
    package var ownDevice: String?

    package init(
        interfaces: [String] = [], patterns: [String] = [], canReach: IPv4Address? = nil, publicIP: IPv4Address? = nil,
        ownDevice: String? = nil
    ) {
        self.interfaces = interfaces
        self.patterns = patterns
        self.canReach = canReach
        self.publicIP = publicIP
        self.ownDevice = ownDevice
    }

    var isEmpty: Bool { interfaces.isEmpty && patterns.isEmpty && canReach == nil }

    /// As it was asked for, for messages.
    var text: String {
        let parts =
            interfaces.map { "--iface \(quoted($0))" } + patterns.map { "--iface-regex \(quoted($0))" }
            + (canReach.map { ["--iface-can-reach \($0)"] } ?? [])
        return parts.isEmpty ? "the default route" : parts.joined(separator: ", ")
    }
}
