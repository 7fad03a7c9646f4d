internal import ControlAPI

/// What `--dry-run` says of a change of the keys.
struct KeyPlan: Encodable {
    var dryRun = true
    var action: String
    /// Null for one that is not made yet.
    @ExplicitNull var key: String?
    /// The live nodes that do not have it.
    var missing: [String]

    init(action: String, key: String?, missing: [String]) {
        (self.action, self.key, self.missing) = (action, key, missing)
    }

    func show(_ sentence: String, _ options: GlobalOptions) throws {
        switch options.output {
        case .table, .wide: Console.print(Console.shown("would: \(sentence)") + "\n")
        default: try Printer(options: options).print(one: self, name: key ?? "-") { _ in Table(columns: []) }
        }
    }
}

/// What a change of a key would do, by the ring as it is.
func sayKeyChange(_ action: String, _ id: String, _ what: String, _ options: GlobalOptions) throws {
    let id = id.lowercased()
    let ring = try options.connect().call(ControlMethods.keyList)
    let missing = try ring.lacking(id)
    let lack = missing.isEmpty ? "every live node has it" : "\(missing.joined(separator: ", ")) lack it"
    let seals = id == ring.sealing ? ", which seals now" : ""
    try KeyPlan(action: action, key: id, missing: missing).show("\(what), key \(id)\(seals); \(lack)", options)
}

/// The ring as a table, or as it is.
func show(_ ring: KeyRingInfo, _ options: GlobalOptions) throws {
    switch options.output {
    case .table, .wide:
        Console.print(keyTable(ring).text(headings: !options.noHeaders))
        if options.output == .wide || ring.keys.count > 1 {
            Console.print("\n" + holderTable(ring).text(headings: !options.noHeaders))
        }
    case .name: for key in ring.keys { Console.print(key.id + "\n") }
    default: try Printer(options: options).print(one: ring, name: ring.sealing) { _ in Table(columns: []) }
    }
}

private func keyTable(_ ring: KeyRingInfo) -> Table {
    Table(
        columns: [
            Table.Column("KEY"), Table.Column("SEALS"), Table.Column("NODES"),
            Table.Column("MISSING", longest: 48, tone: { $0 == "-" ? .plain : .doubtful }),
        ],
        rows: ring.keys.map { key in
            let missing = key.missing.isEmpty ? "-" : key.missing.joined(separator: ",")
            return [key.id, key.seals ? "yes" : "no", "\(key.holders)", missing]
        })
}

private func holderTable(_ ring: KeyRingInfo) -> Table {
    Table(
        columns: [
            Table.Column("NODE", longest: 24), Table.Column(state: "STATE", longest: 12), Table.Column("SEALS"),
            Table.Column("OPENS"),
        ],
        rows: ring.nodes.map { node in
            let opens = node.keys.isEmpty ? "-" : node.keys.joined(separator: ",")
            return [node.node, node.liveness.rawValue, node.keys.first ?? "-", opens]
        })
}
