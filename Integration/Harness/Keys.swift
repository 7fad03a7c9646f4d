/// The parts of `leasectl key list -o json` that the tests look at.
struct Keys: Decodable {
    struct Key: Decodable {
        var id: String
        var seals: Bool
        var holders: Int
        var missing: [String]
    }

    struct Holder: Decodable {
        var node: String
        var keys: [String]
    }

    var cluster: String
    var sealing: String
    var keys: [Key]
    var nodes: [Holder]
}

/// Of `leasectl key add -o json`.
struct AddedKey: Decodable {
    var id: String
    var key: String?
}

extension Leasectl {
    func keys() throws -> Keys { try decode(["key", "list"]) }

    func addKey() throws -> AddedKey { try decode(["key", "add", "--generate"]) }

    /// Exit status of `leasectl key WORD ID`.
    func key(_ words: String...) throws -> Command { try run(["key"] + words) }
}

extension Lab {
    /// Waits until these nodes say that `id` seals and that all `count` of them know all to have exactly `ids`.
    func waitKeys(_ nodes: [Node], sealing id: String, holding ids: Set<String>) async throws {
        for node in nodes {
            try await waitUntil("\(node.name) sees \(id) seal everywhere") {
                let keys = try node.leasectl.keys()
                let others = keys.nodes.filter { holder in nodes.contains { $0.name == holder.node } }
                let wrong = others.filter { $0.keys.first != id || Set($0.keys) != ids }
                return keys.sealing == id && wrong.isEmpty && others.count == nodes.count ? nil : "\(keys)"
            }
        }
    }
}
