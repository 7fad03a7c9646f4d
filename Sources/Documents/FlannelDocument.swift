package import Addressing
package import ControlAPI
package import LeaseLedger

/// What flannel keeps in etcd: <prefix>/config and <prefix>/subnets/A.B.C.D-LEN, with flannel's JSON as values.
package struct FlannelDocument {
    package struct Lease: Hashable {
        package var key: String
        package var subnet: IPv4Block
        package var publicIP: IPv4Address
        package var backend: String
        package var vtepMAC: MACAddress?
    }

    package var settings: NetworkSettings
    package var leases: [Lease] = []

    package static let prefix = "/coreos.com/network"

    // MARK: Writing

    /// The keys with their values, in etcd's order.
    package static func entries(_ settings: NetworkSettings, _ leases: [LeaseInfo]) -> [(key: String, value: JSONValue)]
    {
        let pool = settings.pool
        var backend: [JSONValue.Member] = [.init("Type", .string(settings.backend.label))]
        if settings.backend == .vxlan {
            backend.append(.init("VNI", .number(settings.vni)))
            backend.append(.init("Port", .number(settings.vxlanPort)))
            if settings.directRouting { backend.append(.init("DirectRouting", .bool(true))) }
        }
        let config = JSONValue.object([
            .init("Network", .string("\(pool.network)")), .init("SubnetLen", .number(pool.subnetLength)),
            .init("SubnetMin", .string("\(pool.subnetMin)")), .init("SubnetMax", .string("\(pool.subnetMax)")),
            .init("Backend", .object(backend)),
        ])
        var seen: Set<String> = []
        // Where two claim one subnet the first is its owner; flannel knows one.
        let rows = leases.filter { seen.insert($0.subnet).inserted }.map { lease in
            (
                key: "\(prefix)/subnets/\(String(lease.subnet.map { $0 == "/" ? "-" : $0 }))",
                value: value(lease, settings)
            )
        }
        return [(key: "\(prefix)/config", value: config)] + rows.sorted { $0.key < $1.key }
    }

    private static func value(_ lease: LeaseInfo, _ settings: NetworkSettings) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("PublicIP", .string(lease.publicIP)), .init("PublicIPv6", .null),
            .init("BackendType", .string(lease.backend)),
        ]
        if let address = lease.vtepMAC {
            members.append(
                .init(
                    "BackendData",
                    .object([.init("VNI", .number(settings.vni)), .init("VtepMAC", .string(address))])))
        }
        return .object(members)
    }

    // MARK: Reading

    /// - Parameter bytes: an object of keys and values, what `etcdctl get --prefix` prints, or the same with `-w json`.
    package init(parsing bytes: [UInt8], file: String) throws {
        let entries = try FlannelEntries(parsing: bytes, file: file).entries
        guard let config = entries.first(where: { $0.name.hasSuffix("/config") }) else {
            throw DocumentError(
                file,
                "has no key \(Self.prefix)/config; write what `etcdctl get --prefix \(Self.prefix)` prints into it")
        }
        settings = try Self.settings(config)
        for entry in entries where entry.name.contains("/subnets/") {
            let lease = try Self.lease(entry)
            guard settings.pool.slot(of: lease.subnet) != nil else {
                throw entry.error("is not a subnet that \(config.name) hands out; correct one of the two")
            }
            if let other = leases.first(where: { $0.subnet == lease.subnet }) {
                throw entry.error("is there twice, also as \(other.key); remove one")
            }
            leases.append(lease)
        }
    }

    private static func settings(_ config: DocumentPlace) throws -> NetworkSettings {
        guard let network = try config.member("Network", anyCase: true)?.parsed({ try IPv4Block(parsing: $0) }) else {
            throw config.error("has no \"Network\"; add one such as \"Network\": \"10.244.0.0/16\"")
        }
        let address = { (key: String) in
            try config.member(key, anyCase: true)?.parsed { try IPv4Address(parsing: $0) }
        }
        let pool: SubnetPool
        do {
            pool = try SubnetPool(
                network: network,
                subnetLength: try config.member("SubnetLen", anyCase: true)?.number(in: 1...30),
                subnetMin: try address("SubnetMin"), subnetMax: try address("SubnetMax"))
        } catch let error as SubnetPoolError {
            throw config.error("\(error)")
        }
        var settings = NetworkSettings(pool: pool)
        guard let backend = try config.member("Backend", anyCase: true) else { return settings }
        if let type = try backend.member("Type", anyCase: true) {
            guard let kind = BackendKind(label: try type.text) else {
                throw type.error("is a backend that Felt does not have; it has vxlan, host-gw and alloc")
            }
            settings.backend = kind
        }
        if let vni = try backend.member("VNI", anyCase: true) { settings.vni = try vni.number(in: 1...16_777_215) }
        // flannel writes 0 for the kernel's own.
        if let port = try backend.member("Port", anyCase: true), port.value != .number("0") {
            settings.vxlanPort = try port.number(in: 1...65_535)
        }
        if let direct = try backend.member("DirectRouting", anyCase: true) { settings.directRouting = try direct.flag }
        return settings
    }

    private static func lease(_ entry: DocumentPlace) throws -> Lease {
        // Dual-stack keys have the IPv6 subnet behind an ampersand; only the IPv4 one is Felt's.
        let name = entry.name.split(separator: "/").last?.split(separator: "&").first ?? ""
        guard let subnet = try? IPv4Block(parsing: String(name.map { $0 == "-" ? "/" : $0 })) else {
            throw entry.error("is not a subnet such as \(prefix)/subnets/10.5.52.0-24; correct the key")
        }
        guard let publicIP = try entry.member("PublicIP")?.parsed({ try IPv4Address(parsing: $0) }) else {
            throw entry.error("has no \"PublicIP\"; remove the key or export it again")
        }
        let vtepMAC = try entry.member("BackendData").flatMap { data in
            try data.member("VtepMAC")?.parsed { try MACAddress(parsing: $0) }
        }
        return Lease(
            key: entry.name, subnet: subnet, publicIP: publicIP, backend: try entry.member("BackendType")?.text ?? "",
            vtepMAC: vtepMAC)
    }
}
