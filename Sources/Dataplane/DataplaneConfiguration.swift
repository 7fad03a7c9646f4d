package import Addressing
package import LeaseLedger

/// What decides how this node's kernel should look, apart from its peers and its underlay.
package struct DataplaneConfiguration: Hashable, Sendable {
    package var backend: BackendKind
    package var pool: SubnetPool
    package var vni: UInt32
    package var vxlanPort: UInt16
    /// Plain routes to the peers that are on-link, VXLAN to the others.
    package var directRouting: Bool
    /// The VXLAN device, at most 15 bytes.
    package var deviceName: String
    /// Bytes, in place of what the underlay leaves.
    package var mtu: UInt32?
    package var learning: Bool
    package var gbp: Bool
    /// Off only for kernels with the checksum-offload fault.
    package var udpChecksum: Bool
    /// A route of last resort that drops what is for unused addresses of the own subnet.
    package var blackhole: Bool
    /// IPv4 forwarding is turned on; else it is only looked at.
    package var forwards: Bool
    package var vtepMAC: MACAddress
    /// The subnet this node holds; `nil` for an observer, or as long as it has none.
    package var ownSubnet: IPv4Block?

    /// - Parameter deviceName: unset: "flannel.<VNI>", so that tools and firewall rules made for flannel fit.
    package init(
        backend: BackendKind, pool: SubnetPool, vni: UInt32 = 1, vxlanPort: UInt16 = 8472,
        directRouting: Bool = false, deviceName: String? = nil, mtu: UInt32? = nil, learning: Bool = false,
        gbp: Bool = false, udpChecksum: Bool = true, blackhole: Bool = false, forwards: Bool = false,
        vtepMAC: MACAddress, ownSubnet: IPv4Block? = nil
    ) {
        self.backend = backend
        self.pool = pool
        self.vni = vni
        self.vxlanPort = vxlanPort
        self.directRouting = directRouting
        self.deviceName = deviceName ?? "flannel.\(vni)"
        self.mtu = mtu
        self.learning = learning
        self.gbp = gbp
        self.udpChecksum = udpChecksum
        self.blackhole = blackhole
        self.forwards = forwards
        self.vtepMAC = vtepMAC
        self.ownSubnet = ownSubnet
    }

    /// What the cluster agreed on, with what is this node's own.
    package init(
        settings: NetworkSettings, deviceName: String? = nil, mtu: UInt32? = nil, learning: Bool = false,
        gbp: Bool = false, udpChecksum: Bool = true, blackhole: Bool = false, forwards: Bool = false,
        vtepMAC: MACAddress, ownSubnet: IPv4Block? = nil
    ) {
        self.init(
            backend: settings.backend, pool: settings.pool, vni: settings.vni, vxlanPort: settings.vxlanPort,
            directRouting: settings.directRouting, deviceName: deviceName, mtu: mtu, learning: learning, gbp: gbp,
            udpChecksum: udpChecksum, blackhole: blackhole, forwards: forwards, vtepMAC: vtepMAC, ownSubnet: ownSubnet)
    }

    /// Whether plain routes may be wanted, so that it matters which peers are on-link.
    package var usesPlainRoutes: Bool { backend == .hostGateway || backend == .vxlan && directRouting }
}

extension DataplaneConfiguration {
    /// What VXLAN over IPv4 takes of each packet (RFC 7348 §5): inner Ethernet 14, VXLAN 8, UDP 8, IPv4 20.
    package static let vxlanOverhead: UInt32 = 50
    /// The least MTU that every IPv4 host must take (RFC 791 §3.1).
    package static let leastMTU: UInt32 = 576

    /// What a packet of a pod may have, in bytes, so that the underlay carries it.
    private func carriedMTU(over underlay: Underlay) -> UInt32 {
        let overhead = backend == .vxlan ? Self.vxlanOverhead : 0
        return underlay.mtu > overhead ? underlay.mtu - overhead : 0
    }

    /// What to say about an MTU that the operator has set above what the underlay carries; `nil` when there is nothing.
    package func mtuNote(over underlay: Underlay) -> DataplaneNote? {
        let carried = carriedMTU(over: underlay)
        guard let mtu, mtu > carried, backend != .alloc else { return nil }
        let effect =
            backend == .vxlan
            ? "\(carried) is used instead" : "larger packets of pods are dropped or cut into fragments"
        return DataplaneNote(
            subject: "--mtu",
            message: "\(mtu) is more than \(underlay.name) with its MTU of \(underlay.mtu) carries: \(effect); "
                + "raise the MTU of \(underlay.name), or give --mtu at most \(carried)")
    }

    /// The MTU of pods and of the VXLAN device, in bytes.
    ///
    /// A VXLAN device never takes more than its link leaves, so a larger override counts as that (`mtuNote` tells).
    package func effectiveMTU(over underlay: Underlay) throws(DataplaneError) -> UInt32 {
        let carried = carriedMTU(over: underlay)
        let chosen = mtu.map { backend == .vxlan ? min($0, carried) : $0 } ?? carried
        guard chosen >= Self.leastMTU else {
            throw .mtuTooSmall(chosen, override: mtu, underlay: underlay)
        }
        return chosen
    }

    /// Checks what would hurt others if it were wrong: the name of the device to make, and to delete when it does not fit.
    package func checkDeviceName(over underlay: Underlay) throws(DataplaneError) {
        let bytes = deviceName.utf8
        guard (1...15).contains(bytes.count), deviceName != ".", deviceName != "..",
            bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") })
        else { throw .deviceNameInvalid(deviceName) }
        guard deviceName != underlay.name else { throw .deviceIsUnderlay(deviceName) }
    }
}
