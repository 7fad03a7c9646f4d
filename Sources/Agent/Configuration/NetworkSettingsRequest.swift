package import Addressing
package import LeaseLedger

/// The cluster's settings as far as the operator has named them. A joiner takes the others from the cluster.
package struct NetworkSettingsRequest: Hashable, Sendable {
    package var network: IPv4Block?
    package var subnetLength: Int?
    package var subnetMin: IPv4Address?
    package var subnetMax: IPv4Address?
    package var backend: BackendKind?
    package var vni: UInt32?
    package var vxlanPort: UInt16?
    package var directRouting: Bool?

    package init() {}

    package static let defaultNetwork = "10.244.0.0/16"

    /// How many are named.
    package var named: UInt8 {
        let isNamed = [
            network != nil, subnetLength != nil, subnetMin != nil, subnetMax != nil, backend != nil, vni != nil,
            vxlanPort != nil, directRouting != nil,
        ]
        return UInt8(isNamed.count { $0 })
    }

    /// With the defaults for what is not named.
    package func resolved() throws(SubnetPoolError) -> NetworkSettings {
        let fallback = IPv4Block(base: IPv4Address(bits: 0x0AF4_0000), prefixLength: 16)
        guard let network = network ?? fallback else { preconditionFailure("10.244.0.0/16 is a network") }
        return NetworkSettings(
            pool: try SubnetPool(
                network: network, subnetLength: subnetLength, subnetMin: subnetMin, subnetMax: subnetMax),
            backend: backend ?? .vxlan, vni: vni ?? 1, vxlanPort: vxlanPort ?? 8472,
            directRouting: directRouting ?? false)
    }

    /// Each named setting that the cluster's contradict, with both values.
    package func differences(from settings: NetworkSettings) -> [String] {
        func line<Value: Equatable>(_ setting: Setting, _ mine: Value?, _ theirs: Value) -> String? {
            guard let mine, mine != theirs else { return nil }
            return "\(setting.flag) is \(mine) here and \(theirs) in the cluster"
        }
        return [
            line(.network, network, settings.pool.network), line(.subnetLen, subnetLength, settings.pool.subnetLength),
            line(.subnetMin, subnetMin, settings.pool.subnetMin), line(.subnetMax, subnetMax, settings.pool.subnetMax),
            line(.backend, backend?.label, settings.backend.label), line(.vni, vni, settings.vni),
            line(.vxlanPort, vxlanPort, settings.vxlanPort),
            line(.directRouting, directRouting, settings.directRouting),
        ].compactMap(\.self)
    }
}
