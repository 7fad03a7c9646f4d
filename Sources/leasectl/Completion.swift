import ArgumentParser
internal import ControlAPI

/// Words for the shell, from the live daemon; none while it is down or slow.
enum Completion {
    static let nodes = CompletionKind.custom { arguments, _, _ in
        ["self"] + Set(asked(ControlMethods.members, arguments).map(\.node)).filter(isPlain).sorted()
    }

    static let subnets = CompletionKind.custom { arguments, _, _ in
        ["any"] + asked(ControlMethods.list, arguments).map(\.subnet).filter(isPlain)
    }

    /// Names and subnets.
    static let leases = CompletionKind.custom { arguments, _, _ in
        let leases = asked(ControlMethods.list, arguments)
        return (Set(leases.map(\.node)).sorted() + leases.map(\.subnet)).filter(isPlain)
    }

    static let keys = CompletionKind.custom { arguments, _, _ in
        let client = try? ControlClient(path: socket(arguments), timeout: patience)
        return ((try? client?.call(ControlMethods.keyList))?.keys ?? []).map(\.id).filter(isPlain)
    }

    /// Seconds: who presses Tab does not wait.
    private static let patience = 0.5

    private static func asked<Row>(
        _ method: ControlMethod<NoParameters, [Row]>, _ arguments: [String]
    ) -> [Row] {
        guard let client = try? ControlClient(path: socket(arguments), timeout: patience) else { return [] }
        return (try? client.call(method)) ?? []
    }

    private static func socket(_ arguments: [String]) -> String {
        if let place = arguments.firstIndex(of: "--socket"), arguments.indices.contains(place + 1) {
            return arguments[place + 1]
        }
        let joined = arguments.last { $0.hasPrefix("--socket=") }?.dropFirst("--socket=".count)
        return joined.map(String.init) ?? GlobalOptions.environment("LEASECTL_SOCKET") ?? "/run/felt/feltd.sock"
    }

    /// A shell would take the rest for more than a word.
    private static func isPlain(_ word: String) -> Bool {
        !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
                    UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }
}
