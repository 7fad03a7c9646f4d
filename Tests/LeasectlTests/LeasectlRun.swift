import Glibc
import Testing

/// A run of the built program.
struct LeasectlRun {
    var status: Int32
    var output: String
    var errors: String

    /// - Parameter output: a file to write to instead of the one that is read back.
    init(_ arguments: [String], environment: [String: String] = [:], output: Int32? = nil) throws {
        try self.init(program: Self.program, arguments, environment: environment, output: output)
    }

    /// A command of the shell, on a terminal of its own (script(1)): what it writes there, to whichever stream, is `output`.
    init(onTerminal command: String, environment: [String: String]) throws {
        try self.init(
            program: "/usr/bin/script", ["-qec", command, "/dev/null"],
            environment: environment.merging(["PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"]) { mine, _ in mine })
    }

    /// The program under test, beside the tests.
    static let program: String = {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = max(readlink("/proc/self/exe", &path, path.count - 1), 0)
        let tests = String(decoding: path[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return (tests.lastIndex(of: "/").map { String(tests[...$0]) } ?? "") + "leasectl"
    }()

    private init(
        program: String, _ arguments: [String], environment: [String: String], output: Int32? = nil
    ) throws {
        var files: [Int32] = []
        for _ in 0..<2 {
            var template = Array("/tmp/felt-leasectl-XXXXXX".utf8CString)
            files.append(mkstemp(&template))
            unlink(template)
        }
        defer { for file in files { close(file) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output ?? files[0], STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, files[1], STDERR_FILENO)
        var argv: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        var environment = environment
        // What a sanitizer of this build was told; it is nothing to leasectl.
        for name in ["ASAN_OPTIONS", "TSAN_OPTIONS"] { environment[name] = getenv(name).map { String(cString: $0) } }
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid = pid_t()
        try #require(posix_spawn(&pid, program, &actions, nil, &argv, &envp) == 0)
        var status: Int32 = 0
        try #require(waitpid(pid, &status, 0) == pid)
        // WIFSIGNALED, WEXITSTATUS of wait(2).
        self.status = status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
        self.output = Self.text(files[0])
        errors = Self.text(files[1])
    }

    private static func text(_ file: Int32) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        lseek(file, 0, SEEK_SET)
        while true {
            let count = read(file, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }
}
