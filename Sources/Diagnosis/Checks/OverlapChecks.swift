internal import Addressing

/// The cluster's network used for something else.
enum OverlapChecks {
    private static let why = "The more exact route wins: packets for pods go astray, or pods take what is not theirs."
    private static let fix =
        "move one of them: another network there, or a cluster of another --network"

    static func routes(_ facts: Facts) -> [Finding] {
        guard let network = facts.network else { return [] }
        return facts.routes.filter { isForeign($0.block, network, facts) }.prefix(8).map { route in
            Finding(
                "overlap-route", subject: route.block.description,
                what: "the route \(route.text) lies in the cluster's network \(network)", why: why,
                fix: "ip route del \(route.text)   # or \(fix)")
        }
    }

    static func addresses(_ facts: Facts) -> [Finding] {
        guard let network = facts.network else { return [] }
        return facts.addresses.filter { isForeign($0.block, network, facts) }.prefix(8).map { address in
            Finding(
                "overlap-address", subject: address.device,
                what: "\(address.device) has \(address.text), in the cluster's network \(network)", why: why,
                fix: "ip address del \(address.text) dev \(address.device)   # or \(fix)")
        }
    }

    static func pools(_ facts: Facts) -> [Finding] {
        guard let network = facts.network else { return [] }
        return facts.pools.filter { isForeign($0.block, network, facts) }.prefix(8).map { pool in
            let remedy =
                pool.owner == .docker
                ? "set \"default-address-pools\" and \"bip\" in /etc/docker/daemon.json to others; systemctl restart docker"
                : "podman network create with another --subnet; default_subnet_pools in /etc/containers/containers.conf"
            return Finding(
                pool.owner == .docker ? "overlap-docker" : "overlap-podman", subject: pool.block.description,
                what: "\(pool.owner.rawValue) gives out \(pool.block) (\(pool.source)), in the cluster's network "
                    + "\(network)",
                why: "A container network made there hides a peer's subnet.", fix: remedy)
        }
    }

    /// Own containers live within the own subnet; a default route or a larger block takes nothing away.
    private static func isForeign(_ block: IPv4Block, _ network: IPv4Block, _ facts: Facts) -> Bool {
        guard block.overlaps(network) else { return false }
        if let own = facts.ownSubnet, own.contains(block) { return false }
        return true
    }
}
