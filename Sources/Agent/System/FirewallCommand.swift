internal import Glibc

/// nft(8), fed through its standard input.
enum FirewallCommand {
    /// Runs a script on a thread of its own.
    static func apply(_ script: String) async throws(FirewallError) {
        try await result(["nft", "-f", "-"], input: script).get()
    }

    /// Whether a table of family ip exists.
    static func hasTable(_ name: String) async -> Bool {
        if case .success = await result(["nft", "list", "table", "ip", name], input: "") { true } else { false }
    }

    private static func result(_ arguments: [String], input: String) async -> Result<Void, FirewallError> {
        await withCheckedContinuation { continuation in
            Threads.start {
                continuation.resume(returning: Result { () throws(FirewallError) in try run(arguments, input) })
            }
        }
    }

    private static func run(_ arguments: [String], _ input: String) throws(FirewallError) {
        var inputEnds: [Int32] = [-1, -1]
        var outputEnds: [Int32] = [-1, -1]
        guard pipe2Closing(&inputEnds), pipe2Closing(&outputEnds) else { throw .notStarted(errno) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, inputEnds[0], 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, outputEnds[1], 2)
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for text in argv { free(text) } }
        var pid = pid_t()
        let code = posix_spawnp(&pid, arguments[0], &actions, nil, &argv, environ)
        close(inputEnds[0])
        close(outputEnds[1])
        defer { close(outputEnds[0]) }
        guard code == 0 else {
            close(inputEnds[1])
            throw .notStarted(code)
        }
        // A script is far below a pipe's 64 KiB, so this never waits for the reader.
        _ = write(inputEnds[1], input, input.utf8.count)
        close(inputEnds[1])
        var words = [UInt8](repeating: 0, count: 4_096)
        let count = read(outputEnds[0], &words, words.count)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else {
            let text = String(decoding: words.prefix(max(count, 0)), as: UTF8.self)
            throw .refused(text.split(separator: "\n").first.map(String.init) ?? "no reason given")
        }
    }

    private static func pipe2Closing(_ ends: inout [Int32]) -> Bool {
        guard pipe(&ends) == 0 else { return false }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return true
    }
}

/// Why the traffic rules are not in place.
enum FirewallError: Error, Hashable, Sendable, CustomStringConvertible {
    case notStarted(Int32)
    case refused(String)

    var description: String {
        switch self {
        case .notStarted(let code):
            "--ip-masq: nft cannot be started: \(String(cString: strerror(code))); install nftables or leave --ip-masq out"
        case .refused(let words): "--ip-masq: nft refused the rules: \(words)"
        }
    }
}
