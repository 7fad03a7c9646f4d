import ArgumentParser
internal import ControlAPI
internal import Glibc
internal import LeaseStore

struct Events: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what happened to leases, oldest first; works with the daemon down.",
        discussion: """
            The last thousand are kept. Ages, not dates: a machine may not know the date. What happened before the last boot \
            has no age. Example: leasectl events --since 2h
            """)
    @OptionGroup var options: GlobalOptions
    @Flag(name: .shortAndLong, help: "Go on with what happens from now on.")
    var follow = false
    @Option(help: ArgumentHelp("Only what is no older: 90s, 15m, 2h, 3d.", valueName: "age"))
    var since: String?

    func validate() throws {
        guard let since else { return }
        guard Self.seconds(since) != nil else {
            throw ValidationError("--since \(Console.shown(since)) is not an age; write 90s, 15m, 2h or 3d")
        }
    }

    func run() throws {
        try reporting {
            guard follow else { return try show(stored()) }
            // Those of before are asked for when nothing can be missed any more.
            try options.connect().watch { event in
                if event.kind == .watching {
                    try show(stored(), isStream: true)
                } else if event.kind.isLeaseHistory {
                    try show([event], isStream: true)
                }
                return true
            }
        }
    }

    private var selection: EventSelection { EventSelection(sinceSeconds: since.flatMap(Self.seconds)) }

    private func stored() throws -> [EventInfo] {
        do throws(ControlClientError) {
            return try options.connect().call(ControlMethods.events, selection)
        } catch {
            let failure = error
            guard failure.saysNotRunning else { throw failure }
            let reader = LeaseStoreReader(database: options.database)
            let entries: [JournalEntry]
            do {
                entries = try reader.events()
            } catch {
                Console.note("\(error)")
                throw failure
            }
            Console.note("feltd is not running; from \(options.database)")
            return entries.map { entry in
                let age = entry.isOfThisBoot ? Self.bootSeconds - Double(entry.event.bootSeconds) : nil
                return EventInfo(journal: entry.event.json, kind: entry.event.kind, ageSeconds: age)
            }.filter(selection.includes)
        }
    }

    private func show(_ events: [EventInfo], isStream: Bool = false) throws {
        switch options.output {
        case .table, .wide:
            let columns = [
                Table.Column("AGE", longest: 5),
                Table.Column("EVENT", longest: 14, tone: { Tone(EventKind(rawValue: $0)) }),
                Table.Column("NODE", longest: options.output == .wide ? nil : 15), Table.Column("WHAT"),
            ]
            let rows = events.map { event in
                let age = event.ageSeconds.map { shortAge(Int($0)) } ?? (isStream ? "now" : "-")
                return [age, event.kind.rawValue, event.node ?? "-", event.message]
            }
            Console.print(Table(columns: columns, rows: rows).text(headings: !options.noHeaders && !isStream))
        case .json where isStream: for event in events { Console.print(try JSONValue(encoding: event).line + "\n") }
        default:
            try Printer(options: options).print(events, names: { $0.subnet ?? $0.kind.rawValue }) { _ in
                Table(columns: [])
            }
        }
    }

    /// A number and a unit; a number alone is seconds.
    static func seconds(_ text: String) -> Double? {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        let unit = text.last.flatMap { units[$0] }
        guard let number = Double(unit == nil ? text : String(text.dropLast())), number >= 0, number < 1e12 else {
            return nil
        }
        return number * (unit ?? 1)
    }

    private static var bootSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Double(time.tv_sec)
    }
}
