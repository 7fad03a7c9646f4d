internal import Glibc

/// Runs a command of the shell and gives its standard output; its standard error is this program's.
@discardableResult func shell(_ command: String) throws -> String {
    guard let pipe = popen(command, "re") else { throw BenchFailure(call: "popen", code: errno) }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = fread(&buffer, 1, buffer.count, pipe)
        if count == 0 { break }
        output += buffer[..<count]
    }
    let status = pclose(pipe)
    let text = String(decoding: output, as: UTF8.self)
    guard status == 0 else { throw BenchFailure("\(command): status \(status)\n\(text)") }
    return text
}

/// Whether a command succeeds; what it prints is dropped.
func succeeds(_ command: String) -> Bool { system("{ \(command)\n} >/dev/null 2>&1") == 0 }

/// A program that runs beside the benchmark; ends with this object at the latest.
final class Background {
    let pid: pid_t
    private var isReaped = false

    /// - Parameter log: takes both outputs.
    init(_ arguments: [String], environment: [String] = [], log: String) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        var envp: [UnsafeMutablePointer<CChar>?] = ([path] + environment).map { strdup($0) } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid = pid_t()
        let code = posix_spawnp(&pid, arguments[0], &actions, nil, &argv, &envp)
        guard code == 0 else { throw BenchFailure(call: "start \(arguments[0])", code: code) }
        self.pid = pid
    }

    deinit { stop(SIGKILL) }

    /// Ends it and waits for its end.
    func stop(_ signal: Int32 = SIGTERM) {
        guard !isReaped else { return }
        kill(pid, signal)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        isReaped = true
    }
}

/// Milliseconds on the monotonic clock.
func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
}

/// Milliseconds that `body` takes. What the kernel has put off until later (RCU), and the turns that it owes to all that
/// waited for us, are let go by first.
func measure(_ body: () throws -> Void) rethrows -> Double {
    usleep(100_000)
    let start = now()
    try body()
    return now() - start
}

/// Waits until `isSo`, looking each half millisecond, and gives the milliseconds that it took.
func waitFor(_ what: String, most: Double = 60_000, _ isSo: () throws -> Bool) throws -> Double {
    let start = now()
    while try !isSo() {
        guard now() - start < most else { throw BenchFailure("waited \(most / 1000) s for \(what)") }
        usleep(500)
    }
    return now() - start
}

extension String {
    func write(toPath path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw BenchFailure(call: "create \(path)", code: errno) }
        defer { close(file) }
        var rest = Array(utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { throw BenchFailure(call: "write \(path)", code: errno) }
            rest = rest.dropFirst(count)
        }
    }
}
