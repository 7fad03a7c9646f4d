import ArgumentParser
internal import ControlAPI

struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Follow what happens to leases and members.",
        discussion: "-o json prints a line an event, as jsonl does. Example: leasectl watch -o jsonl")
    @OptionGroup var options: GlobalOptions

    func run() throws {
        try reporting {
            try options.connect().watch { event in
                // Says only that the stream has begun; on standard error, it does not disturb a script.
                guard event.kind != .watching else {
                    Console.note("watching")
                    return true
                }
                try show(event)
                return true
            }
        }
    }

    private func show(_ event: EventInfo) throws {
        switch options.output {
        case .json, .jsonl: Console.print(try JSONValue(encoding: event).line + "\n")
        case .yaml: Console.print("---\n" + YAML.text(try JSONValue(encoding: event)))
        case .name: Console.print(Console.shown(event.subnet ?? event.node ?? event.kind.rawValue) + "\n")
        case .table, .wide:
            let cells = [(event.kind.rawValue, 17), (event.subnet ?? "-", 18), (event.node ?? "-", 15)]
            let isWide = options.output == .wide
            let columns = cells.map { text, width in
                TextWidth.padded(isWide ? Console.shown(text) : TextWidth.cut(Console.shown(text), width), width)
            }
            let kind = Tone(event.kind).applied(to: columns[0])
            Console.print(
                ([kind] + columns.dropFirst() + [Console.shown(event.message)]).joined(separator: "  ") + "\n")
        }
    }
}
