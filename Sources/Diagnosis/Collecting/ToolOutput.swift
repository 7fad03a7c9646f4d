internal import Glibc

/// Runs a tool of the machine and takes what it prints, bounded in bytes and time.
package enum ToolOutput {
    package enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        case notStarted(String, Int32)
        case failed(String, String)
        case tooSlow(String)

        package var description: String {
            switch self {
            case .notStarted(let tool, let code): "\(tool) cannot be started: \(String(cString: strerror(code)))"
            case .failed(let tool, let words): "\(tool) failed: \(words)"
            case .tooSlow(let tool): "\(tool) did not end in time"
            }
        }
    }

    private static let mostBytes = 8 << 20

    /// What a tool prints, whether it succeeds or not, or why there is nothing.
    package static func whatever(_ arguments: [String], limit: Double) -> String {
        do throws(Failure) {
            return try run(arguments, limit).text
        } catch {
            return "\(error)\n"
        }
    }

    /// - Parameter limit: seconds.
    package static func of(_ arguments: [String], limit: Double = 5) throws(Failure) -> String {
        let (text, status) = try run(arguments, limit)
        guard status == 0 else {
            throw .failed(
                arguments.first ?? "", text.split(separator: "\n").first.map(String.init) ?? "no reason given")
        }
        return text
    }

    private static func run(_ arguments: [String], _ limit: Double) throws(Failure) -> (text: String, status: Int32) {
        let tool = arguments.first ?? ""
        var output: [Int32] = [-1, -1]
        guard pipe2CloseOnExec(&output) else { throw .notStarted(tool, errno) }
        defer { close(output[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output[1], 1)
        posix_spawn_file_actions_adddup2(&actions, output[1], 2)
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for text in argv { free(text) } }
        var pid = pid_t()
        let code = posix_spawnp(&pid, tool, &actions, nil, &argv, environ)
        close(output[1])
        guard code == 0 else { throw .notStarted(tool, code) }
        let (bytes, isComplete) = read(output[0], until: PathProber.now + limit)
        if !isComplete { kill(pid, SIGKILL) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        guard isComplete else { throw .tooSlow(tool) }
        return (String(decoding: bytes, as: UTF8.self), status)
    }

    private static func pipe2CloseOnExec(_ ends: inout [Int32]) -> Bool {
        guard pipe(&ends) == 0 else { return false }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return true
    }

    private static func read(_ descriptor: Int32, until deadline: Double) -> ([UInt8], isComplete: Bool) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < mostBytes {
            let left = deadline - PathProber.now
            guard left > 0 else { return (bytes, false) }
            var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waited, 1, Int32((left * 1_000).rounded(.up))) > 0 else { continue }
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return (bytes, true) }
            bytes += buffer[..<count]
        }
        return (bytes, false)
    }
}
