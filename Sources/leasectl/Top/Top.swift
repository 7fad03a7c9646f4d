import ArgumentParser
internal import ControlAPI
internal import Glibc

struct Top: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watch the cluster on the whole screen, live; q ends it.",
        discussion: """
            This node, the others with their subnets and round trips, and what happened last. While feltd is down it \
            says so, and goes on when it is back.

            Example: leasectl top --interval 5
            """)
    @OptionGroup var place: DaemonPlace
    @Option(help: ArgumentHelp("Seconds between two looks.", valueName: "seconds"))
    var interval = 1.0
    @Flag(help: "Print one screen and end; needs no terminal.")
    var once = false

    func validate() throws {
        guard interval >= 0.1, interval <= 3_600 else {
            throw ValidationError("--interval must be from 0.1 to 3600 seconds")
        }
    }

    func run() throws {
        try reporting {
            let feed = TopFeed(place.options)
            guard !once else {
                let look = feed.look()
                let lines = TopFrame(look, before: nil, width: 80, height: 200, styled: Style.isOn).lines
                Console.print(lines.joined(separator: "\n") + "\n")
                if let problem = look.problem { throw problem }
                return
            }
            guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
                throw ControlError(.badRequest, "top needs a terminal; use top --once, or leasectl watch")
            }
            try live(feed)
        }
    }

    private func live(_ feed: TopFeed) throws {
        let terminal = try Terminal()
        defer { terminal.restore() }
        var before: TopFeed.Look?
        while true {
            let look = feed.look()
            let size = Terminal.size()
            let frame = TopFrame(look, before: before, width: size.columns, height: size.rows, styled: Style.isOn)
            guard Terminal.draw(frame.lines) else { return }
            before = look
            guard terminal.wait(interval) else { return }
        }
    }
}
