internal import Addressing
package import ControlAPI
internal import Dataplane
package import Netlink

/// One thing in the kernel: as it should be, and as it is. The keys are those of `leasectl routes -o json`.
package struct RouteRow: Codable, Hashable, Sendable {
    /// route, neighbour, fdb, address or device.
    package var kind: String
    /// The subnet, address, MAC address or name that it is of.
    package var object: String
    /// Who holds the subnet; null when nobody does.
    @ExplicitNull package var node: String?
    /// Null when it should not be there.
    @ExplicitNull package var expected: String?
    /// Null when it is not there.
    @ExplicitNull package var actual: String?
    package var ok: Bool

    init(_ kind: String, _ object: String, node: String?, expected: String?, actual: String?) {
        self.kind = kind
        self.object = object
        self.node = node
        self.expected = expected
        self.actual = actual
        ok = expected == actual
    }
}

/// Compares all that the kernel should hold with what it does hold.
package struct Comparison {
    let kernel: KernelReader
    let wanted: DataplaneInfo
    /// The nodes' names, by subnet.
    let nodes: [String: String]

    package init(kernel: KernelReader, wanted: DataplaneInfo, leases: [LeaseInfo]) {
        self.kernel = kernel
        self.wanted = wanted
        nodes = Dictionary(leases.map { ($0.subnet, $0.node) }, uniquingKeysWith: { first, _ in first })
    }

    /// Sorted by kind and object, what differs and what does not.
    package func rows() throws(NetlinkError) -> [RouteRow] {
        guard wanted.backend != "alloc" else { return [] }
        return try deviceRows() + routeRows() + entryRows()
    }

    package func routeRows() throws(NetlinkError) -> [RouteRow] {
        let expected = wanted.routes.map { ($0.subnet, wanted.text($0)) }
        let actual = try kernel.routes().map { ($0.destination.description, kernel.text($0)) }
        return rows("route", expected: expected, actual: actual)
    }

    private func deviceRows() throws(NetlinkError) -> [RouteRow] {
        guard let device = wanted.device else { return [] }
        let link = try kernel.link(named: device.name)
        let actual = link.map { link in
            guard let vxlan = link.vxlan else { return "\(link.kind ?? "hardware"), not VXLAN" }
            return DataplaneInfo.text(
                vni: vxlan.vni, port: vxlan.port, link: kernel.name(of: vxlan.link),
                local: vxlan.local.map { "\($0)" } ?? "none", mac: link.mac.map { "\($0)" } ?? "none", mtu: link.mtu,
                isUp: link.isUp, options: [vxlan.learning, vxlan.gbp, !vxlan.udpChecksum])
        }
        let expected = DataplaneInfo.text(
            vni: device.vni, port: device.port, link: wanted.underlay.name, local: wanted.underlay.address,
            mac: device.mac, mtu: device.mtu, isUp: true, options: [device.learning, device.gbp, !device.udpChecksum])
        let row = RouteRow("device", device.name, node: nil, expected: expected, actual: actual)
        let addresses = try link.map { link throws(NetlinkError) in
            try kernel.addresses(of: link.index).filter { $0.prefixLength == 32 }.map { "\($0.address)/32" }
        }
        let own = wanted.address.map { "\($0)/32" }
        guard own != nil || addresses?.isEmpty == false else { return [row] }
        let found = addresses?.first { $0 == own } ?? addresses?.first
        return [row, RouteRow("address", device.name, node: nil, expected: own, actual: found)]
    }

    private func entryRows() throws(NetlinkError) -> [RouteRow] {
        guard let device = wanted.device else { return [] }
        let link = try kernel.link(named: device.name)
        let neighbours = try link.map { link throws(NetlinkError) in try kernel.neighbours(of: link.index) } ?? []
        let forwarding = try link.map { link throws(NetlinkError) in try kernel.forwarding(of: link.index) } ?? []
        return rows(
            "neighbour", expected: wanted.neighbours.map { ($0.address, $0.text) },
            actual: neighbours.filter(ObservedState.isOurs).map { ($0.address.description, $0.text) })
            + rows(
                "fdb", expected: wanted.forwarding.map { ($0.mac, $0.text) },
                actual: forwarding.filter(ObservedState.isOurs).map { ($0.mac.description, $0.text) })
    }

    /// Pairs what is equal first; then, of one object, what is left of one side with what is left of the other.
    private func rows(
        _ kind: String, expected: [(object: String, text: String)], actual: [(object: String, text: String)]
    ) -> [RouteRow] {
        var present: [String: [String]] = [:]
        for (object, text) in actual { present[object, default: []].append(text) }
        var rows: [RouteRow] = []
        var missing: [(object: String, text: String)] = []
        for (object, text) in expected {
            if let place = present[object]?.firstIndex(of: text) {
                present[object]?.remove(at: place)
                rows.append(RouteRow(kind, object, node: node(of: object), expected: text, actual: text))
            } else {
                missing.append((object, text))
            }
        }
        for (object, text) in missing {
            let other = present[object]?.isEmpty == false ? present[object]?.removeFirst() : nil
            rows.append(RouteRow(kind, object, node: node(of: object), expected: text, actual: other))
        }
        for (object, texts) in present {
            rows += texts.map { RouteRow(kind, object, node: node(of: object), expected: nil, actual: $0) }
        }
        return rows.sorted { Self.order($0) < Self.order($1) }
    }

    private func node(of object: String) -> String? {
        if let node = nodes[object] { return node }
        if let address = try? IPv4Address(parsing: object) {
            return nodes.first { (try? IPv4Block(parsing: $0.key))?.base == address }?.value
        }
        guard let neighbour = wanted.neighbours.first(where: { $0.mac == object }) else { return nil }
        return node(of: neighbour.address)
    }

    private static func order(_ row: RouteRow) -> (UInt32, String, String) {
        let base = (try? IPv4Block(parsing: row.object))?.base ?? (try? IPv4Address(parsing: row.object))
        return (base?.bits ?? 0, row.object, row.expected ?? row.actual ?? "")
    }
}

extension DataplaneInfo {
    /// A VXLAN device in one line. `options`: learning, GBP, no UDP checksum.
    fileprivate static func text(
        vni: UInt32, port: UInt16, link: String, local: String, mac: String, mtu: UInt32, isUp: Bool, options: [Bool]
    ) -> String {
        let names = zip(["learning", "gbp", "noudpcsum"], options).filter(\.1).map { " \($0.0)" }.joined()
        return "vxlan id \(vni) dstport \(port) local \(local) dev \(link) mac \(mac) mtu \(mtu) "
            + (isUp ? "up" : "down") + names
    }
}
