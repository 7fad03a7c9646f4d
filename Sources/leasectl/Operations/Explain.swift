import ArgumentParser
internal import ControlAPI

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Say why a subnet is whose it is: the claims compared, and the owner's order of preference; works with the "
            + "daemon down.",
        discussion: "Example: leasectl explain shop3")
    @OptionGroup var options: GlobalOptions
    @Argument(
        help: ArgumentHelp("A node's name or nodeID, a subnet, or an address in it.", valueName: "node|subnet|address"),
        completion: Completion.leases)
    var lease: String

    func run() throws {
        try reporting {
            let selection = try LeaseSelection(parsing: lease)
            let explanation = try read(ControlMethods.explain, selection, options) {
                try $0.explanation(of: selection)
            }
            guard options.output == .table || options.output == .wide else {
                return try Printer(options: options).print(one: explanation, name: explanation.subnet ?? "") { _ in
                    Table(columns: [])
                }
            }
            Console.print(Console.shown(explanation.message) + "\n")
            if !explanation.claims.isEmpty { Console.print("\n" + claims(explanation)) }
            if !explanation.preferred.isEmpty { Console.print("\n" + preferred(explanation)) }
        }
    }

    private func claims(_ explanation: Explanation) -> String {
        Table(
            columns: ["CLAIM OF", "NODEID", "CLASS", "TENURE", "EPOCH"].map { Table.Column($0) }
                + ["LIVENESS", "RESULT"].map { Table.Column(state: $0) },
            rows: explanation.claims.map { claim in
                let result =
                    claim.owns ? "owner" : claim.revoked ? "revoked" : claim.lostBy.map { "loses by \($0)" } ?? "-"
                return [
                    claim.node, String(claim.nodeID.prefix(8)), claim.leaseClass.rawValue, "\(claim.tenure)",
                    "\(claim.claimEpoch)", claim.liveness.rawValue, result,
                ]
            }
        ).text(headings: !options.noHeaders)
    }

    private func preferred(_ explanation: Explanation) -> String {
        Table(
            columns: ["PREFERRED", "CLAIMED NOW BY"].map { Table.Column($0) },
            rows: explanation.preferred.map { [$0.subnet, $0.heldBy?.node ?? "nobody"] }
        ).text(headings: !options.noHeaders)
    }
}
