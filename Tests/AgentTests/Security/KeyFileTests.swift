import Glibc
import Testing

@testable import Agent

@Suite struct KeyFileTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func problem(_ text: String, mode: mode_t = 0o600) throws -> KeyFileError {
        let path = try scratch.file("key", text, mode: mode)
        let error = try #require(#expect(throws: KeyFileError.self) { try KeyFile(path: path).read() })
        #expect(error.description.contains(path), "\(error)")
        return error
    }

    @Test func `the first key seals, all open; comments, empty lines and white space do not count`() throws {
        let keys = (0..<3).map { _ in ClusterKey() }
        let text = "# ours\r\n\n  \(keys[0].base64) \r\n\(keys[1].base64)\n\n\t\(keys[2].base64)"
        let ring = try KeyFile(path: try scratch.file("key", text)).read()
        #expect(ring.keys == keys && ring.sealing == keys[0])
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o620, 0o601] as [mode_t])
    func `a file that others can read or change is refused`(mode: mode_t) throws {
        let error = try problem(ClusterKey().base64, mode: mode)
        #expect(error.problem == .exposed(mode: mode))
        #expect(error.description.contains("chmod 600") && error.description.contains(String(mode, radix: 8)))
    }

    @Test(arguments: [0o600, 0o400] as [mode_t]) func `the owner's own file is taken`(mode: mode_t) throws {
        let key = ClusterKey()
        #expect(try KeyFile(path: scratch.file("key", key.base64, mode: mode)).read().keys == [key])
    }

    @Test func `a line that is wrong is named by its number in the file`() throws {
        let good = ClusterKey().base64
        #expect(try problem("# comment\n\n\(good)\n\nnot base64!\n").problem == .notBase64(line: 5))
        #expect(try problem("\(good)\n\nAAAA\n").problem == .wrongLength(line: 3, length: 3))
        #expect(try problem("\(good)\(good)\n").problem == .notBase64(line: 1), "padding inside")
        #expect(try problem(String(good.dropLast())).problem == .notBase64(line: 1), "padding missing")
    }

    @Test(arguments: ["", "\n\n", "# nothing\n"]) func `a file without a key is refused`(text: String) throws {
        #expect(try problem(text).problem == .empty)
    }

    @Test func `what is no file, not there or too long is refused`() throws {
        func problem(_ path: String) throws -> KeyFileError.Problem {
            try #require(#expect(throws: KeyFileError.self) { try KeyFile(path: path).read() }).problem
        }
        #expect(try problem("\(scratch.path)/none") == .system(ENOENT))
        #expect(try problem(try scratch.file("file", "") + "/below") == .system(ENOTDIR))
        #expect(try problem(scratch.path) == .notAFile)
        #expect(try problem("/dev/null") == .notAFile)
        #expect(try problem("/proc/self/mem") == .system(EIO))
        #expect(mkfifo("\(scratch.path)/fifo", 0o600) == 0)
        #expect(try problem("\(scratch.path)/fifo") == .notAFile)
        let long = try scratch.file("long", String(repeating: "#\n", count: 40_000))
        #expect(try problem(long) == .tooLong)
        #expect(KeyFileError(path: "/k", problem: .system(EACCES)).description.contains("Permission denied"))
    }

    @Test func `a key shows itself to nobody`() {
        let key = ClusterKey()
        for shown in ["\(key)", String(reflecting: key), "\(JoinToken(key: key, clusterID: 1, seeds: []))"] {
            #expect(!shown.contains(key.base64) && !shown.contains("\(key.bytes)"))
        }
        var dumped = ""
        dump(key, to: &dumped)
        #expect(!dumped.contains("\(key.bytes[0])\n"))
    }

    @Test func `identities derive from the key, and differ`() throws {
        let key = try #require(ClusterKey(bytes: Array(0..<32)))
        let other = try #require(ClusterKey(bytes: Array(1..<33)))
        // Golden: computed with python3's hashlib over the text and the key.
        #expect(key.hint == GoldenKey.hint)
        #expect(key.clusterID == GoldenKey.clusterID)
        #expect(key.hint != other.hint && key.clusterID != other.clusterID)
        #expect(ClusterKey.insecureClusterID != key.clusterID)
        #expect(ClusterKey(bytes: Array(0..<31)) == nil && KeyRing([]) == nil)
        #expect(ClusterKey(base64: key.base64) == key)
    }
}

private enum GoldenKey {
    static let hint: UInt32 = 0xb53ae5d6
    static let clusterID: UInt64 = 0xbeca0aca7573695a
}
