import ArgumentParser
internal import ControlAPI

/// The languages in which a graph is drawn.
enum GraphFormat: String, ExpressibleByArgument, CaseIterable {
    case dot
    case mermaid
    case svg
}

struct GraphCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph", abstract: "Draw the cluster as this node sees it.",
        discussion: """
            The nodes with their subnets, and the round trip to each. dot is Graphviz's language, mermaid that of many \
            wikis, svg a picture as it is. With the daemon down the nodes of the database are drawn.

            Example: leasectl graph -o svg >cluster.svg
            """)
    @OptionGroup var place: DaemonPlace
    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: ArgumentHelp("dot, mermaid or svg.", valueName: "format"))
    var output = GraphFormat.dot

    func run() throws {
        try reporting {
            let options = place.options
            let (leases, stored) = try leasesAndSource(options)
            let members = try stored?.members ?? options.connect().call(ControlMethods.members)
            let graph = ClusterGraph(leases: leases, members: members)
            switch output {
            case .dot: Console.print(graph.dot)
            case .mermaid: Console.print(graph.mermaid)
            case .svg: Console.print(GraphPicture(graph).svg)
            }
        }
    }
}

/// Where the daemon and its database are, for commands that print in languages of their own.
struct DaemonPlace: ParsableArguments {
    @Option(help: ArgumentHelp("The daemon's control socket.", valueName: "path"))
    var socket = GlobalOptions.environment("LEASECTL_SOCKET") ?? "/run/felt/feltd.sock"
    @Option(help: ArgumentHelp("The database to read while the daemon is down.", valueName: "path"))
    var database = GlobalOptions.environment("LEASECTL_DATABASE") ?? "/var/lib/felt/felt.db"
    @Option(help: ArgumentHelp("Seconds to wait for an answer.", valueName: "seconds"))
    var timeout = 5.0

    func validate() throws { try options.validate() }

    var options: GlobalOptions {
        var options = GlobalOptions()
        (options.socket, options.database, options.timeout) = (socket, database, timeout)
        (options.format, options.wide, options.noHeaders) = (.table, false, false)
        return options
    }
}
