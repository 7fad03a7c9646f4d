import ArgumentParser
internal import ControlAPI
internal import Glibc

/// The cluster's keys: looked at and rotated while the cluster runs.
struct Key: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show and rotate the cluster's keys.",
        discussion: """
            A rotation: `leasectl key add --generate` gives every node a new key; once `leasectl key list` shows that all \
            have it, `leasectl key use ID` lets it seal; then `leasectl key remove ID` takes the old one away. A node that \
            was off in between catches up when it returns, as long as the old key is there; later it needs a new token.
            """,
        subcommands: [KeyList.self, KeyAdd.self, KeyUse.self, KeyRemove.self])
}

struct KeyList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the keys by their ids, and which node has which.",
        discussion: "Example: leasectl key list -o json")
    @OptionGroup var options: GlobalOptions

    func run() throws {
        try reporting { try show(try options.connect().call(ControlMethods.keyList), options) }
    }
}

struct KeyAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Give every node another key; the present one still seals.",
        discussion: "Example: leasectl key add --generate")
    @OptionGroup var options: GlobalOptions
    @Flag(help: "Make a new key; it is printed once. It is a secret.")
    var generate = false
    @Flag(help: "Only say what would happen.")
    var dryRun = false
    @Argument(
        help: ArgumentHelp(
            "32 bytes in base64, or - to read them from standard input: arguments can be seen by every user.",
            valueName: "key|-"))
    var key: String?

    func validate() throws {
        if generate == (key != nil) { throw ValidationError("give either a key, - or --generate") }
    }

    func run() throws {
        try reporting {
            if dryRun {
                let ring = try options.connect().call(ControlMethods.keyList)
                return Console.print(
                    "would: give a \(generate ? "new " : "")key to \(ring.nodes.count) nodes; \(ring.sealing) still seals\n"
                )
            }
            let given = key == "-" ? readLine(strippingNewline: true) ?? "" : key
            let added = try options.connect().call(ControlMethods.keyAdd, KeyAddition(key: given))
            switch options.output {
            case .table, .wide:
                if let key = added.key { Console.print("\(key)\n") }
                Console.note(nextStep(added))
            case .name: Console.print(added.id + "\n")
            default: try Printer(options: options).print(one: added, name: added.id) { _ in Table(columns: []) }
            }
        }
    }

    private func nextStep(_ added: KeyAddedInfo) -> String {
        let missing = added.ring.keys.first { $0.id == added.id }?.missing ?? []
        return missing.isEmpty
            ? "key \(added.id): every live node has it; next: leasectl key use \(added.id)"
            : "key \(added.id): \(missing.joined(separator: ", ")) do not have it yet; watch `leasectl key list`"
    }
}

struct KeyUse: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "use", abstract: "Let a key seal that every live node has.",
        discussion: "Exits with 5 while a live node lacks it.\n\nExample: leasectl key use b53ae5d6")
    @OptionGroup var options: GlobalOptions
    @Flag(help: "Even if a live node lacks it; that node catches up by the old key.")
    var force = false
    @Flag(help: "Only say what would happen.")
    var dryRun = false
    @Argument(help: ArgumentHelp("As `leasectl key list` shows it.", valueName: "id"), completion: Completion.keys)
    var id: String

    func run() throws {
        try reporting {
            if dryRun { return try sayKeyChange(id, "let it seal", options) }
            try show(try options.connect().call(ControlMethods.keyUse, KeyChoice(id: id, force: force)), options)
        }
    }
}

struct KeyRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Take a key away for ever; who has only this one is out.",
        discussion: "Exits with 5 for the key that seals.\n\nExample: leasectl key remove b53ae5d6")
    @OptionGroup var options: GlobalOptions
    @Flag(help: "Even if a live node could be left behind.")
    var force = false
    @Flag(help: "Only say what would happen.")
    var dryRun = false
    @Argument(help: ArgumentHelp("As `leasectl key list` shows it.", valueName: "id"), completion: Completion.keys)
    var id: String

    func run() throws {
        try reporting {
            if dryRun { return try sayKeyChange(id, "take it away", options) }
            try show(try options.connect().call(ControlMethods.keyRemove, KeyChoice(id: id, force: force)), options)
        }
    }
}

/// What a change of a key would do, by the ring as it is.
private func sayKeyChange(_ id: String, _ what: String, _ options: GlobalOptions) throws {
    let ring = try options.connect().call(ControlMethods.keyList)
    guard let key = ring.keys.first(where: { $0.id == id }) else {
        throw ControlError(.notFound, "there is no key \(id); see leasectl key list")
    }
    let missing = key.missing.isEmpty ? "every live node has it" : "\(key.missing.joined(separator: ", ")) lack it"
    Console.print(
        Console.shown("would: \(what), key \(key.id)\(key.seals ? ", which seals now" : ""); \(missing)") + "\n")
}

private func show(_ ring: KeyRingInfo, _ options: GlobalOptions) throws {
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
            Table.Column("KEY"), Table.Column("SEALS"), Table.Column("NODES"), Table.Column("MISSING", longest: 48),
        ],
        rows: ring.keys.map { key in
            let missing = key.missing.isEmpty ? "-" : key.missing.joined(separator: ",")
            return [key.id, key.seals ? "yes" : "no", "\(key.holders)", missing]
        })
}

private func holderTable(_ ring: KeyRingInfo) -> Table {
    Table(
        columns: [
            Table.Column("NODE", longest: 24), Table.Column("STATE", longest: 12), Table.Column("SEALS"),
            Table.Column("OPENS"),
        ],
        rows: ring.nodes.map { node in
            let opens = node.keys.isEmpty ? "-" : node.keys.joined(separator: ",")
            return [node.node, node.liveness.rawValue, node.keys.first ?? "-", opens]
        })
}
