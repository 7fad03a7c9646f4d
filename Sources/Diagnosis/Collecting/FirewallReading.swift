internal import Addressing
internal import ControlAPI

/// What the firewall does with packets between a pod here and one elsewhere.
struct FirewallReading {
    let packets: [ForwardRules.Packet]
    let network: IPv4Block

    init(network: IPv4Block, facts: Facts) {
        self.network = network
        let own = facts.ownSubnet ?? network
        let blocks = facts.leases.filter { !$0.isSelf }.compactMap { try? IPv4Block(parsing: $0.subnet) }
        let here = own.base.advanced(by: 2)
        let there = blocks.first?.base.advanced(by: 2) ?? network.last.advanced(by: .max - 1)
        let outside = facts.backend == "vxlan" ? facts.deviceName : facts.underlay?.name ?? "eth0"
        packets = [
            .init(source: here, destination: there, incoming: "cni0", outgoing: outside, direction: "to other nodes"),
            .init(source: there, destination: here, incoming: outside, outgoing: "cni0", direction: "from other nodes"),
        ]
    }

    func drops() throws -> [ForwardDrop] {
        var drops = try legacy()
        let text = try ToolOutput.of(["nft", "-j", "list", "ruleset"])
        let rules = ForwardRules(try JSONLine.decode(JSONValue.self, from: text.utf8))
        // One line a chain and reason: mostly both directions fall to the same.
        for drop in packets.flatMap(rules.drops) {
            if let place = drops.firstIndex(where: { $0.chain == drop.chain && $0.reason == drop.reason }) {
                drops[place].direction = "to and from other nodes"
            } else {
                drops.append(drop)
            }
        }
        return drops
    }

    /// iptables of the old kind, where it is in use.
    private func legacy() throws(ToolOutput.Failure) -> [ForwardDrop] {
        let tables = HostFiles().text("/proc/thread-self/net/ip_tables_names") ?? ""
        guard tables.split(separator: "\n").contains("filter") else { return [] }
        let lines = try ToolOutput.of(["iptables-legacy", "-S", "FORWARD"]).split(separator: "\n")
        let accepts = lines.contains { $0.contains("-j ACCEPT") && $0.contains("\(network)") }
        guard lines.contains("-P FORWARD DROP"), !accepts else { return [] }
        return [
            ForwardDrop(
                chain: "ip filter FORWARD", reason: "its policy, and no rule accepts \(network)",
                direction: "to and from other nodes", isLegacy: true)
        ]
    }
}
