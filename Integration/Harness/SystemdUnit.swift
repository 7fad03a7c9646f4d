/// A unit of ours as its file has it (systemd.syntax(7)).
struct SystemdUnit {
    private let settings: [(name: String, value: String)]

    static func path(_ name: String) throws -> String {
        let package = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return "\(package)/Packaging/systemd/\(name)"
    }

    init(_ name: String) throws {
        settings = try readText(Self.path(name)).split(separator: "\n").compactMap { line in
            guard !line.hasPrefix("#"), let sign = line.firstIndex(of: "=") else { return nil }
            return (name: String(line[..<sign]), value: String(line[line.index(after: sign)...]))
        }
    }

    /// The values of a setting, in the order of their lines.
    subscript(name: String) -> [String] { settings.filter { $0.name == name }.map(\.value) }

    /// What SystemCallFilter leaves (systemd.exec(5)): the first line allows, later ones add, or take away behind a `~`.
    func allowedSystemCalls() throws -> Set<String> {
        let groups = try Self.groups()
        func members(_ name: Substring) -> Set<String> {
            guard name.hasPrefix("@") else { return [String(name)] }
            return (groups[String(name)] ?? []).reduce(into: []) { $0.formUnion(members($1[...])) }
        }
        // Always allowed.
        var allowed = members("@default")
        for line in self["SystemCallFilter"] {
            let calls = line.drop { $0 == "~" }.split(separator: " ").map(members)
            for group in calls { line.hasPrefix("~") ? allowed.subtract(group) : allowed.formUnion(group) }
        }
        return allowed
    }

    /// systemd's groups of system calls, each with what its list names.
    private static func groups() throws -> [String: [String]] {
        var groups: [String: [String]] = [:]
        var group = ""
        for line in try Command.mustRun(["systemd-analyze", "syscall-filter", "--no-pager"]).output.split(
            separator: "\n")
        {
            if line.hasPrefix("@") {
                group = String(line)
            } else if line.hasPrefix(" "), let word = line.split(separator: " ").first, word != "#" {
                groups[group, default: []].append(String(word))
            }
        }
        return groups
    }
}
