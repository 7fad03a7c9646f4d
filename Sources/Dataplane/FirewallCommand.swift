internal import Glibc

/// nft(8), fed through its standard input. Blocks until it has ended.
package enum FirewallCommand {
    /// Runs a script: all of it takes effect, or nothing.
    package static func apply(_ script: String) throws(FirewallError) { _ = try run(["nft", "-f", "-"], script) }

    /// A table of family ip as nft shows it, without counters; `nil` when there is none.
    package static func listing(of table: String) throws(FirewallError) -> String? {
        do {
            return try run(["nft", "-s", "list", "table", "ip", table], "")
        } catch .refused {
            return nil
        }
    }

    private static func run(_ arguments: [String], _ input: String) throws(FirewallError) -> String {
        let (inputReader, inputWriter) = try pipeEnds()
        let outputReader: Int32
        let outputWriter: Int32
        do {
            (outputReader, outputWriter) = try pipeEnds()
        } catch {
            close(inputReader)
            close(inputWriter)
            throw error
        }
        defer { close(outputReader) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, inputReader, 0)
        posix_spawn_file_actions_adddup2(&actions, outputWriter, 1)
        posix_spawn_file_actions_adddup2(&actions, outputWriter, 2)
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for text in argv { free(text) } }
        var pid = pid_t()
        let code = posix_spawnp(&pid, arguments[0], &actions, nil, &argv, environ)
        close(inputReader)
        close(outputWriter)
        guard code == 0 else {
            close(inputWriter)
            throw .notStarted(code)
        }
        // A script is far below a pipe's 64 KiB, so this never waits for the reader.
        let sent = write(inputWriter, input, input.utf8.count)
        close(inputWriter)
        let words = readAll(outputReader)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        guard status == 0, sent == input.utf8.count else {
            throw .refused(words.split(separator: "\n").first.map(String.init) ?? "no reason given")
        }
        return words
    }

    /// At most 64 KiB: a table of ours is far smaller.
    private static func readAll(_ descriptor: Int32) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            if bytes.count < 64 << 10 { bytes += chunk[..<count] }
        }
    }

    private static func pipeEnds() throws(FirewallError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .notStarted(errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}

/// Why the traffic rules are not in place.
package enum FirewallError: Error, Hashable, Sendable, CustomStringConvertible {
    case notStarted(Int32)
    case refused(String)

    package var description: String {
        switch self {
        case .notStarted(let code):
            "nft cannot be started: \(String(cString: strerror(code))); install nftables"
        case .refused(let words): "nft refused the rules: \(words)"
        }
    }
}
