import ArgumentParser
internal import ControlAPI

/// The cluster's keys: looked at and rotated while the cluster runs.
struct Key: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show and rotate the cluster's keys.",
        discussion: """
            A rotation: `leasectl key add --generate --wait` gives every node a new key; `leasectl key use ID --wait` lets it \
            seal; then `leasectl key remove ID --wait` takes the old one away. A node that was off in between catches up \
            when it returns, as long as the old key is there; later it needs a new token.
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
        discussion: """
            --wait returns when every live node has it, and with 124 when that takes longer than --timeout.

            Example: leasectl key add --generate --wait --timeout 30
            """)
    @OptionGroup var options: GlobalOptions
    @OptionGroup var operation: OperationOptions
    @Flag(help: "Make a new key; it is printed once. It is a secret.")
    var generate = false
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
            if operation.dryRun {
                let ring = try options.connect().call(ControlMethods.keyList)
                let what =
                    "give a \(generate ? "new " : "")key to \(ring.nodes.count) nodes; \(ring.sealing) still seals"
                return try KeyPlan(action: "add", key: nil, missing: ring.nodes.map(\.node)).show(what, options)
            }
            let given = key == "-" ? readLine(strippingNewline: true) ?? "" : key
            let wait = KeyWait(options)
            var added = try options.connect().call(ControlMethods.keyAdd, KeyAddition(key: given))
            var late: (any Error)?
            if operation.wait {
                do {
                    added.ring = try wait.until("key \(added.id) is not yet at") { try $0.lacking(added.id) }
                } catch {
                    // A new key is shown this once: not even a timeout may take it.
                    late = error
                }
            }
            try show(added, isLate: late != nil)
            if let late { throw late }
        }
    }

    private func show(_ added: KeyAddedInfo, isLate: Bool) throws {
        switch options.output {
        case .table, .wide:
            if let key = added.key { Console.print("\(key)\n") }
            if !isLate { Console.note(nextStep(added)) }
        case .name: Console.print(added.id + "\n")
        default: try Printer(options: options).print(one: added, name: added.id) { _ in Table(columns: []) }
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
        discussion: """
            Exits with 5 while a live node lacks it. --wait waits for that first, and returns when every live node seals \
            with it; with 124 when that takes longer than --timeout.

            Example: leasectl key use b53ae5d6 --wait
            """)
    @OptionGroup var options: GlobalOptions
    @OptionGroup var operation: OperationOptions
    @Flag(help: "Even if a live node lacks it; that node catches up by the old key.")
    var force = false
    @Argument(help: ArgumentHelp("As `leasectl key list` shows it.", valueName: "id"), completion: Completion.keys)
    var id: String

    func run() throws {
        try reporting {
            if operation.dryRun { return try sayKeyChange("use", id, "let it seal", options) }
            let id = id.lowercased()
            let wait = KeyWait(options)
            if operation.wait, !force { try wait.until("key \(id) is not yet at") { try $0.lacking(id) } }
            var ring = try options.connect().call(ControlMethods.keyUse, KeyChoice(id: id, force: force))
            if operation.wait { ring = try wait.until("key \(id) does not seal yet at") { $0.notSealing(with: id) } }
            try show(ring, options)
        }
    }
}

struct KeyRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Take a key away for ever; who has only this one is out.",
        discussion: """
            Exits with 5 for the key that seals, and while a live node seals with another. --wait waits for those first, and \
            returns when no live node has the key any more; with 124 when that takes longer than --timeout.

            Example: leasectl key remove b53ae5d6 --wait
            """)
    @OptionGroup var options: GlobalOptions
    @OptionGroup var operation: OperationOptions
    @Flag(help: "Even if a live node could be left behind.")
    var force = false
    @Argument(help: ArgumentHelp("As `leasectl key list` shows it.", valueName: "id"), completion: Completion.keys)
    var id: String

    func run() throws {
        try reporting {
            if operation.dryRun { return try sayKeyChange("remove", id, "take it away", options) }
            let id = id.lowercased()
            let wait = KeyWait(options)
            if operation.wait, !force {
                // The key that seals is refused at once: waiting would not help.
                try wait.until("the new key does not seal yet at") {
                    $0.sealing == id ? [] : $0.notSealing(with: $0.sealing)
                }
            }
            var ring = try options.connect().call(ControlMethods.keyRemove, KeyChoice(id: id, force: force))
            if operation.wait { ring = try wait.until("key \(id) is still at") { $0.holding(id) } }
            try show(ring, options)
        }
    }
}
