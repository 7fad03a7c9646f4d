import ArgumentParser
internal import ControlAPI
internal import LeaseStore

/// What `method` answers or, while the daemon is down, what its database says.
func read<Parameters, Result>(
    _ method: ControlMethod<Parameters, Result>, _ parameters: Parameters, _ options: GlobalOptions,
    offline: (Offline) throws -> Result
) throws -> Result {
    do throws(ControlClientError) {
        return try options.connect().call(method, parameters)
    } catch {
        let failure = error
        guard failure.saysNotRunning else { throw failure }
        let stored: Offline
        do {
            stored = try Offline(database: options.database)
        } catch {
            Console.note("\(error)")
            throw failure
        }
        Console.note("feltd is not running; from \(stored.path)")
        return try offline(stored)
    }
}

private func read<Result>(
    _ method: ControlMethod<NoParameters, Result>, _ options: GlobalOptions, offline: (Offline) -> Result
) throws -> Result {
    try read(method, NoParameters(), options, offline: offline)
}

private func leases(_ options: GlobalOptions) throws -> [LeaseInfo] {
    try read(ControlMethods.list, options, offline: \.leases)
}

/// All leases, and the database that they are from while the daemon is down.
func leasesAndSource(_ options: GlobalOptions) throws -> (leases: [LeaseInfo], stored: Offline?) {
    var stored: Offline?
    let leases = try read(ControlMethods.list, options) { offline in
        stored = offline
        return offline.leases
    }
    return (leases, stored)
}

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show all leases, the own one marked by a star.", discussion: "Example: leasectl list -o json")
    @OptionGroup var options: GlobalOptions

    func run() throws {
        try reporting {
            let leases = try leases(options)
            try Printer(options: options).print(leases, names: \.subnet) { LeaseTable.table(leases, wide: $0) }
        }
    }
}

struct Get: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show one lease.", discussion: "Example: leasectl get 10.244.7.3")
    @OptionGroup var options: GlobalOptions
    @Argument(
        help: ArgumentHelp("A node's name or nodeID, a subnet, or an address in it.", valueName: "node|subnet|address"),
        completion: Completion.leases)
    var lease: String

    func run() throws {
        try reporting {
            let found = try LeaseSelection(parsing: lease).pick(from: try leases(options))
            try Printer(options: options).print(one: found, name: found.subnet) { LeaseTable.table([found], wide: $0) }
        }
    }
}

struct Members: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the cluster's nodes.", discussion: "Example: leasectl members -o wide")
    @OptionGroup var options: GlobalOptions

    func run() throws {
        try reporting {
            let members = try read(ControlMethods.members, options, offline: \.members)
            try Printer(options: options).print(members, names: \.node) { wide in
                var columns = [
                    Table.Column("NODE", longest: wide ? nil : 24), Table.Column(state: "STATE", longest: 12),
                    Table.Column("ADDRESS", longest: wide ? nil : 21), Table.Column("RTT"), Table.Column("VERSION"),
                ]
                if wide { columns += [Table.Column("INCARNATION"), Table.Column("NODEID")] }
                return Table(columns: columns, rows: members.map { row($0, wide: wide) })
            }
        }
    }

    private func row(_ member: MemberInfo, wide: Bool) -> [String] {
        let roundTrip = member.rttMilliseconds.map { time in
            let hundredths = Int((time * 100).rounded())
            return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)ms"
        }
        let cells = [member.node, member.liveness.rawValue, member.address, roundTrip ?? "-", member.version]
        return wide ? cells + ["\(member.incarnation)", member.nodeID] : cells
    }
}

struct ShowStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how this node is doing; exit 5 if it is not well.",
        discussion: "Example: leasectl status -o json")
    @OptionGroup var options: GlobalOptions

    func run() throws {
        try reporting {
            let status = try options.connect().call(ControlMethods.status)
            try Printer(options: options).print(one: status, name: status.node) { _ in table(status) }
            if !status.ready || !status.dataplane.inSync || status.store.problem != nil {
                throw ExitCode(Status.unhealthy)
            }
        }
    }

    private func table(_ status: StatusInfo) -> Table {
        let peers = status.peers
        let plane = status.dataplane
        var rows: [(label: String, text: String, tone: Tone)] = [
            ("Node", "\(status.node) (\(status.nodeID.prefix(8)))", .plain), ("Cluster", status.cluster, .plain),
            (
                "State", status.state + (status.ready ? ", ready" : ", not ready"),
                !status.ready ? .bad : Tone(state: status.state)
            ),
            ("Lease", status.lease ?? "none", .plain), ("Backend", status.backend, .plain),
            (
                "Peers",
                "\(peers.alive) alive, \(peers.suspect) suspect, \(peers.unreachable) unreachable, \(peers.left) left",
                peers.unreachable > 0 ? .bad : peers.suspect > 0 ? .doubtful : .good
            ),
            (
                "Pool", "\(status.pool.used) of \(status.pool.total) subnets used, \(status.pool.free) free",
                status.pool.free == 0 && status.pool.total > 0 ? .doubtful : .plain
            ),
            (
                "Data plane", "\(plane.inSync ? "in sync" : "not in sync"), \(plane.desired) entries",
                plane.inSync ? .good : .bad
            ),
            ("Store", "\(status.store.path), \(status.store.writes) writes", .plain),
        ]
        if let keys = status.keys {
            let lacking = Set(keys.keys.flatMap(\.missing)).count
            let rest = lacking == 0 ? "" : ", \(lacking) live nodes lack one"
            rows.append(
                (
                    "Keys", "\(keys.sealing) seals, \(keys.keys.count) in the ring\(rest)",
                    lacking == 0 ? .plain : .doubtful
                ))
        }
        if let banned = status.banned, !banned.isEmpty {
            rows.append(("Banned", banned.joined(separator: ", "), .plain))
        }
        if let problem = status.store.problem { rows.append(("", problem, .bad)) }
        rows += plane.failures.map { ("Refused", "\($0.subject): \($0.message)", .bad) }
        rows += plane.skipped.map { ("Skipped", "\($0.subject): \($0.message)", .doubtful) }
        rows += (plane.notes ?? []).map { ("Note", "\($0.subject): \($0.message)", .doubtful) }
        return Table(facts: rows)
    }
}

struct Token: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what a new node passes to feltd --join. It is a secret.",
        discussion: "Example: feltd --join \"$(ssh first leasectl token)\"")
    @OptionGroup var options: GlobalOptions

    func run() throws {
        try reporting {
            let token = try options.connect().call(ControlMethods.token)
            switch options.output {
            case .table, .wide, .name: Console.print(token.token + "\n")
            default: try Printer(options: options).print(one: token, name: token.token) { _ in Table(columns: []) }
            }
        }
    }
}

struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the releases of leasectl and of the running feltd.", discussion: "Example: leasectl version")
    @OptionGroup var options: GlobalOptions

    func run() throws {
        try reporting {
            Console.print("leasectl \(ControlProtocol.release)\n")
            do {
                let daemon = try options.connect().call(ControlMethods.version)
                Console.print("feltd \(daemon.version)\n")
            } catch ControlClientError.unreachable {
                Console.print("feltd is not running\n")
            }
        }
    }
}
