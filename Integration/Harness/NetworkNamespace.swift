internal import CLinux
internal import Glibc

/// A named network namespace, as `ip netns` makes it.
struct NetworkNamespace: Hashable, Sendable, CustomStringConvertible {
    let name: String

    var description: String { name }

    func make() throws {
        try Command.mustRun(["ip", "netns", "add", name])
        try ip("link set lo up")
    }

    /// Arguments that run a program inside.
    func inside(_ arguments: [String]) -> [String] { ["ip", "netns", "exec", name] + arguments }

    /// `ip` with these words, inside.
    @discardableResult func ip(_ words: String) throws -> Command {
        try Command.mustRun(["ip", "-n", name] + words.split(separator: " ").map(String.init))
    }

    /// `bridge` with these words, inside.
    @discardableResult func bridge(_ words: String) throws -> Command {
        try Command.mustRun(["bridge", "-n", name] + words.split(separator: " ").map(String.init))
    }

    @discardableResult func run(_ arguments: String...) throws -> Command {
        try Command.mustRun(inside(arguments))
    }

    /// The value of a kernel setting inside, a path below /proc/sys.
    func setting(_ path: String) throws -> String {
        try run("cat", "/proc/sys/\(path)").lines.joined(separator: "\n")
    }

    func set(_ path: String, to value: String) throws {
        try run("sh", "-c", "echo \(value) > /proc/sys/\(path)")
    }

    /// Does something with the calling thread inside the namespace: a socket made there stays there.
    func entered<Result>(_ body: () throws -> Result) throws -> Result {
        let home = try Descriptor.reading("/proc/thread-self/ns/net")
        let inside = try Descriptor.reading("/run/netns/\(name)")
        guard clinux_enter_network_namespace(inside.number) == 0 else {
            throw LabError(call: "setns \(name)", errno: errno)
        }
        defer {
            // A thread that stays in a namespace which is about to go would spoil every test after this one.
            precondition(
                clinux_enter_network_namespace(home.number) == 0, "cannot return to the first network namespace")
        }
        return try body()
    }

    /// Ends the processes inside and removes the namespace with everything in it.
    func remove() {
        if let processes = try? Command.run(["ip", "netns", "pids", name]) {
            for pid in processes.lines.compactMap({ pid_t($0) }) where pid > 1 { kill(pid, SIGKILL) }
        }
        _ = try? Command.run(["ip", "netns", "delete", name])
    }
}
