internal import Glibc

/// A node as its own software sees it: the node's network, a /run and a /var/lib of its own with feltd's files at their usual
/// places, and processes of its own, which all end with this object. Commands run in it as the documentation writes them.
final class Machine {
    let node: Node
    private let first: BackgroundProcess
    private let pid: String

    /// The node's feltd may run already or be started later.
    init(_ node: Node) async throws {
        self.node = node
        let file = "\(node.folder)/machine.pid"
        for folder in [node.stateFolder, node.runFolder, "\(node.folder)/env"] { try makeFolder(folder) }
        // /proc is still the lab's when the number is read, so that it is the one by which the lab can enter.
        let script = """
            read -r pid rest </proc/self/stat
            mount -t proc proc /proc
            mount -t tmpfs tmpfs /run
            mount -t tmpfs tmpfs /var/lib
            mkdir -p /run/lock /run/felt /run/flannel /var/lib/felt
            mount --bind \(node.runFolder) /run/felt
            mount --bind \(node.folder)/env /run/flannel
            mount --bind \(node.stateFolder) /var/lib/felt
            echo $pid >\(file).new
            mv \(file).new \(file)
            exec sleep infinity
            """
        first = try BackgroundProcess(
            [
                "nsenter", "--net=/run/netns/\(node.namespace)", "unshare", "--mount", "--pid", "--fork",
                "--kill-child", "sh", "-euc", script,
            ], log: "\(node.folder)/machine.log")
        let started = first
        try await waitUntil("the machine \(node.name) is there") {
            if let status = started.status { throw LabError("it has ended: \(status)\n\(started.log)") }
            return fileExists(file) ? nil : file
        }
        pid = try readText(file).split(separator: "\n").joined()
    }

    /// Arguments that run a program inside.
    func inside(_ arguments: [String]) -> [String] {
        ["nsenter", "--target", pid, "--mount", "--net", "--pid", "--wd=/"] + arguments
    }

    /// The programs under test are found by their names, before all others.
    var environment: [String: String] {
        ["PATH": "\(Binaries.folder):/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"]
    }

    func run(
        _ arguments: [String], environment more: [String: String] = [:], limit: Duration = .seconds(60)
    ) throws -> Command {
        try Command.run(inside(arguments), environment: environment.merging(more) { $1 }, limit: limit)
    }

    @discardableResult func mustRun(_ arguments: [String], environment more: [String: String] = [:]) throws -> Command {
        let command = try run(arguments, environment: more)
        guard command.succeeded else { throw LabError(command.report) }
        return command
    }

    /// A script of a documentation's block, as a person would paste it; the first command that fails ends it.
    @discardableResult func mustRun(
        _ block: DocumentationBlock, environment more: [String: String] = [:]
    ) throws -> Command {
        let command = try run(["sh", "-eu", "-c", block.text], environment: more, limit: .seconds(120))
        guard command.succeeded else { throw LabError("\(block.place) fails\n\(command.report)") }
        return command
    }

    /// A program that goes on beside the test, until the machine ends.
    func start(_ arguments: [String], environment more: [String: String] = [:], log: String) throws -> BackgroundProcess
    {
        try BackgroundProcess(inside(arguments), environment: environment.merging(more) { $1 }, log: log)
    }
}
