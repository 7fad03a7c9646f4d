internal import Addressing
internal import LeaseLedger

/// Two machines with one VTEP MAC address: of a copied disk, or of a device that has outlived its identity. A VXLAN device
/// forwards to one of them alone, and neither can reach the other.
extension Gossip {
    /// The own record has changed: whoever has its address has it now.
    mutating func settleTunnelAddress(_ now: Instant) {
        guard let backend = ledger?.own.backend, case .vxlan = backend else { return }
        let sharing = members.map { $0.key }.filter { ledger?.table[$0]?.record.backend == backend }
        for peer in sharing.sorted() { settleTunnelAddress(with: peer, now) }
    }

    /// Of two live nodes the one with the greater nodeID takes a new address; peers forward to the other meanwhile.
    mutating func settleTunnelAddress(with peer: NodeID, _ now: Instant) {
        guard peer < nodeID, let member = members[peer], member.liveness.isLive, !member.isAssumed,
            let own = ledger?.own, case .vxlan(let vni, let address) = own.backend,
            ledger?.table[peer]?.record.backend == own.backend
        else { return }
        let fresh = MACAddress(locallyAdministered: random.next())
        effects.append(.event(.tunnelAddressYielded(address, to: peer, now: fresh)))
        feed(
            .located(
                endpoint: own.endpoint, publicIP: own.publicIP, backend: .vxlan(vni: vni, vtepMAC: fresh)), now)
    }
}
