internal import Addressing
internal import ControlAPI

/// The rules that forwarded IPv4 packets meet, out of `nft -j list ruleset` (libnftables-json(5)). A rule whose conditions
/// are not understood here counts as one that does not apply.
struct ForwardRules {
    struct Packet {
        var source: IPv4Address
        var destination: IPv4Address
        var incoming: String
        var outgoing: String
        var direction: String
    }

    private struct Chain: Hashable {
        var family: String
        var table: String
        var name: String
    }

    private enum Verdict {
        case accept
        case drop(String)
        /// The chain's end was reached.
        case none
    }

    private var rules: [Chain: [[JSONValue]]] = [:]
    private var bases: [(chain: Chain, priority: Int, policy: String)] = []
    private static let deepest = 16

    init(_ ruleset: JSONValue) {
        guard case .array(let items)? = ruleset["nftables"] else { return }
        for item in items {
            if let chain = item["chain"], let key = Self.key(chain, "name") {
                guard chain["hook"] == .string("forward"), chain["type"] == .string("filter") else { continue }
                let priority = if case .number(let text)? = chain["prio"] { Int(text) ?? 0 } else { 0 }
                bases.append((key, priority, chain["policy"] == .string("drop") ? "drop" : "accept"))
            } else if let rule = item["rule"], let key = Self.key(rule, "chain"), case .array(let parts)? = rule["expr"]
            {
                rules[key, default: []].append(parts)
            }
        }
        bases.sort { $0.priority < $1.priority }
    }

    private static func key(_ value: JSONValue, _ name: String) -> Chain? {
        guard case .string(let family)? = value["family"], ["ip", "inet"].contains(family),
            case .string(let table)? = value["table"], case .string(let chain)? = value[name]
        else { return nil }
        return Chain(family: family, table: table, name: chain)
    }

    /// The chains that drop the packet: one is enough.
    func drops(_ packet: Packet) -> [ForwardDrop] {
        bases.compactMap { base in
            let reason: String
            switch walk(base.chain, packet, depth: 0) {
            case .accept: return nil
            case .drop(let rule): reason = rule
            case .none:
                guard base.policy == "drop" else { return nil }
                reason = "its policy, and no rule accepts them"
            }
            let chain = "\(base.chain.family) \(base.chain.table) \(base.chain.name)"
            return ForwardDrop(chain: chain, reason: reason, direction: packet.direction)
        }
    }

    private func walk(_ chain: Chain, _ packet: Packet, depth: Int) -> Verdict {
        guard depth < Self.deepest else { return .none }
        for rule in rules[chain] ?? [] {
            var applies = true
            for part in rule where applies {
                guard case .object(let members) = part, let member = members.first else { continue }
                switch member.key {
                case "match": applies = matches(member.value, packet)
                case "counter", "log", "comment", "mangle", "notrack": break
                case "accept": return .accept
                case "drop", "reject": return .drop("the rule `\(Self.words(rule))` in chain \(chain.name)")
                case "return": return .none
                case "jump", "goto":
                    guard case .string(let target)? = member.value["target"] else { break }
                    let next = Chain(family: chain.family, table: chain.table, name: target)
                    let verdict = walk(next, packet, depth: depth + 1)
                    if case .none = verdict { if member.key == "goto" { return .none } } else { return verdict }
                default: applies = false
                }
            }
        }
        return .none
    }

    private func matches(_ match: JSONValue, _ packet: Packet) -> Bool {
        guard let left = match["left"], let right = match["right"], case .string(let operation)? = match["op"] else {
            return false
        }
        let equals: Bool
        if let payload = left["payload"], payload["protocol"] == .string("ip") {
            guard case .string(let field)? = payload["field"], ["saddr", "daddr"].contains(field) else { return false }
            equals = contains(right, field == "saddr" ? packet.source : packet.destination)
        } else if case .string(let key)? = left["meta"]?["key"] {
            switch key {
            case "iifname", "iif": equals = contains(right, name: packet.incoming)
            case "oifname", "oif": equals = contains(right, name: packet.outgoing)
            default: return false
            }
        } else if left["ct"]?["key"] == .string("state") {
            equals = contains(right, name: "new")
        } else {
            return false
        }
        return operation == "!=" ? !equals : equals
    }

    private func contains(_ value: JSONValue, _ address: IPv4Address) -> Bool {
        switch value {
        case .string(let text): return (try? IPv4Address(parsing: text)) == address
        case .array(let list): return list.contains { contains($0, address) }
        default:
            if let set = value["set"] { return contains(set, address) }
            if case .array(let ends)? = value["range"], ends.count == 2, case .string(let low) = ends[0],
                case .string(let high) = ends[1], let low = try? IPv4Address(parsing: low),
                let high = try? IPv4Address(parsing: high)
            {
                return low <= address && address <= high
            }
            guard let prefix = value["prefix"], case .string(let text)? = prefix["addr"],
                case .number(let length)? = prefix["len"], let base = try? IPv4Address(parsing: text),
                let length = Int(length), let block = IPv4Block(containing: base, prefixLength: length)
            else { return false }
            return block.contains(address)
        }
    }

    private func contains(_ value: JSONValue, name: String) -> Bool {
        switch value {
        case .string(let pattern): Pattern.matches(pattern, name)
        case .array(let list): list.contains { contains($0, name: name) }
        default: value["set"].map { contains($0, name: name) } ?? false
        }
    }

    /// A rule in few words: its conditions' right sides and its verdict.
    private static func words(_ rule: [JSONValue]) -> String {
        let words = rule.compactMap { part -> String? in
            guard case .object(let members) = part, let member = members.first else { return nil }
            switch member.key {
            case "match":
                let field = member.value["left"]?["payload"]?["field"] ?? member.value["left"]?["meta"]?["key"]
                guard case .string(let name)? = field else { return nil }
                return "\(name) \(member.value["right"].map(text) ?? "")"
            case "drop", "reject": return member.key
            default: return nil
            }
        }
        return String(words.joined(separator: " ").prefix(120))
    }

    private static func text(_ value: JSONValue) -> String {
        if case .string(let text) = value { return text }
        if let prefix = value["prefix"], case .string(let base)? = prefix["addr"],
            case .number(let length)? = prefix["len"]
        {
            return "\(base)/\(length)"
        }
        return value.line
    }
}
