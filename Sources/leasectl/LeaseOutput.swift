internal import ControlAPI

/// Prints any list of results in the format that was asked for.
struct Printer {
    let options: GlobalOptions

    func print<Row: Encodable>(_ rows: [Row], names: (Row) -> String, table: (_ wide: Bool) -> Table) throws {
        switch options.output {
        case .table, .wide: Console.print(table(options.output == .wide).text(headings: !options.noHeaders))
        case .json: Console.print(try JSONValue(encoding: rows).pretty + "\n")
        case .jsonl: for row in rows { Console.print(try JSONValue(encoding: row).line + "\n") }
        case .yaml: Console.print(YAML.text(try JSONValue(encoding: rows)))
        case .name: for row in rows { Console.print(Console.shown(names(row)) + "\n") }
        }
    }

    func print<Value: Encodable>(one value: Value, name: String, table: (_ wide: Bool) -> Table) throws {
        switch options.output {
        case .table, .wide: Console.print(table(options.output == .wide).text(headings: !options.noHeaders))
        case .json: Console.print(try JSONValue(encoding: value).pretty + "\n")
        case .jsonl: Console.print(try JSONValue(encoding: value).line + "\n")
        case .yaml: Console.print(YAML.text(try JSONValue(encoding: value)))
        case .name: Console.print(Console.shown(name) + "\n")
        }
    }
}

enum LeaseTable {
    static func table(_ leases: [LeaseInfo], wide: Bool) -> Table {
        if wide {
            let columns = [
                "SUBNET", "NODE", "STATE", "CLASS", "LIVENESS", "ENDPOINT", "BACKEND", "VTEPMAC", "AGE", "SEEN",
                "EPOCH",
                "NODEID",
            ]
            return Table(
                columns: columns.map {
                    ["STATE", "CLASS", "LIVENESS"].contains($0) ? Table.Column(state: $0) : Table.Column($0)
                },
                rows: leases.map { lease in
                    [
                        marked(lease), lease.node, state(lease), lease.leaseClass.rawValue, lease.liveness.rawValue,
                        lease.publicIP, lease.backend, lease.vtepMAC ?? "-", shortAge(lease.tenureSeconds),
                        lease.lastSeenSeconds.map { shortAge(Int($0)) } ?? "-", "\(lease.claimEpoch)", lease.nodeID,
                    ]
                })
        }
        // 20 + 20 + 12 + 17 + 5 and two spaces between: never above 80.
        return Table(
            columns: [
                Table.Column("SUBNET", longest: 20), Table.Column("NODE", longest: 20),
                Table.Column(state: "STATE", longest: 12),
                Table.Column("ENDPOINT", longest: 15), Table.Column("AGE", longest: 5),
            ],
            rows: leases.map { lease in
                [marked(lease), lease.node, state(lease), lease.publicIP, shortAge(lease.tenureSeconds)]
            })
    }

    /// The own lease is marked by a star.
    private static func marked(_ lease: LeaseInfo) -> String { lease.subnet + (lease.isSelf ? "*" : "") }

    /// How firmly it is held; what is wrong with its owner comes first.
    private static func state(_ lease: LeaseInfo) -> String {
        lease.liveness == .alive ? lease.leaseClass.rawValue : lease.liveness.rawValue
    }
}
