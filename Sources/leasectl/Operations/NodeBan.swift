import ArgumentParser
internal import ControlAPI

struct NodeBan: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ban",
        abstract: "Refuse a stolen machine for ever: its identity is void everywhere, its lease is revoked.",
        discussion: """
            It holds for a machine that is off too, and when it returns with the cluster's key. There is no way back for \
            its identity. Rotate the key afterwards: the machine knows it.

            Example: leasectl node ban shop3
            """)
    @OptionGroup var options: GlobalOptions
    @Flag(help: "Say what would happen, and do nothing.")
    var dryRun = false
    @Argument(
        help: ArgumentHelp("Its name, its nodeID, or eight or more digits of that.", valueName: "node"),
        completion: Completion.nodes)
    var node: String

    func run() throws {
        try reporting {
            let ban = try options.connect().call(ControlMethods.nodeBan, BanRequest(node: node, dryRun: dryRun))
            switch options.output {
            case .table, .wide: Console.print(sentence(ban) + "\n" + (ban.alreadyBanned ? "" : "\(ban.advice)\n"))
            default: try Printer(options: options).print(one: ban, name: ban.nodeID) { _ in Table(columns: []) }
            }
        }
    }

    private func sentence(_ ban: BanInfo) -> String {
        let who = Console.shown("\(ban.node) (\(ban.nodeID.prefix(8)), \(ban.liveness))")
        if ban.alreadyBanned { return "\(who) is banned already" }
        let subnet = ban.subnet.map { "; it loses \($0)" } ?? ""
        return ban.dryRun ? "would ban \(who)\(subnet)" : "banned \(who)\(subnet)"
    }
}
