package import Addressing

/// In which order a node wants the pool's subnets: descending rendezvous hash (highest random weight; Thaler and
/// Ravishankar 1998) of cluster, node and slot. So nodes that start at once rarely want the same subnet, and a node that
/// lost everything wants the one it had.
package struct Preference: Sendable {
    private let seed: UInt64

    package init(clusterID: UInt64, nodeID: NodeID) {
        let (high, low) = (nodeID.bits >> 64, nodeID.bits)
        seed = Mixing.combine(clusterID, UInt64(truncatingIfNeeded: high), UInt64(truncatingIfNeeded: low))
    }

    package func weight(ofSlot slot: Int) -> UInt64 { Mixing.mix(seed ^ UInt64(slot)) }

    /// The most wanted slot that is free; `nil` when none is.
    package func first(in pool: SubnetPool, where isFree: (IPv4Block) -> Bool) -> IPv4Block? {
        var best: (weight: UInt64, subnet: IPv4Block)?
        for slot in 0..<pool.count {
            let weight = weight(ofSlot: slot)
            if let best, best.weight >= weight { continue }
            guard let subnet = pool.subnet(at: slot), isFree(subnet) else { continue }
            best = (weight, subnet)
        }
        return best?.subnet
    }
}
