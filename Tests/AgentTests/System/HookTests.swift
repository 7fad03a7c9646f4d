import ControlAPI
import Glibc
import Logging
import Testing

@testable import Agent

@Suite struct HookTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func hook(_ name: String, _ script: String, mode: mode_t = 0o755) throws {
        try scratch.file(name, "#!/bin/sh\n\(script)\n", mode: mode)
    }

    @Test func `executables are found in the order of their names; what others may change is refused`() throws {
        try hook("20-second", "true")
        try hook("10-first", "true")
        try hook("30-data", "true", mode: 0o644)
        try hook("40-open", "true", mode: 0o777)
        try hook(".hidden", "true")
        try hook("backup~", "true")
        let found = HookDirectory(path: scratch.path).executables()
        #expect(found.paths == ["\(scratch.path)/10-first", "\(scratch.path)/20-second"])
        #expect(found.refused.map(\.path) == ["\(scratch.path)/40-open"])
    }

    @Test func `no more than sixteen hooks are run`() throws {
        for number in 10..<30 { try hook("\(number)", "true") }
        let found = HookDirectory(path: scratch.path).executables()
        #expect(found.paths.count == HookDirectory.most && found.refused.count == 4)
    }

    @Test func `a folder that is not there has no hooks`() {
        #expect(HookDirectory(path: "/nonexistent/felt").executables().paths.isEmpty)
    }

    @Test func `a hook reads the event from its standard input`() throws {
        try hook("h", "cat > \(scratch.path)/seen")
        #expect(HookProcess.run("\(scratch.path)/h", input: Array("{\"kind\":\"x\"}".utf8), limit: 60_000) == .done)
        #expect(scratch.text("seen") == "{\"kind\":\"x\"}")
    }

    @Test func `how a hook ended is told`() throws {
        try hook("fails", "exit 3")
        try hook("dies", "kill -9 $$")
        try scratch.file("broken", "not a program", mode: 0o755)
        #expect(HookProcess.run("\(scratch.path)/fails", input: [], limit: 60_000) == .failed(status: 3))
        #expect(HookProcess.run("\(scratch.path)/dies", input: [], limit: 60_000) == .killed(signal: SIGKILL))
        #expect(HookProcess.run("\(scratch.path)/broken", input: [], limit: 60_000) == .notStarted(ENOEXEC))
    }

    @Test func `a hook that hangs is ended with what it has started`() throws {
        try hook("hangs", "sleep 1000 & echo $! > \(scratch.path)/child; wait")
        // Long enough for a busy machine to write the child's number, far shorter than the child.
        #expect(HookProcess.run("\(scratch.path)/hangs", input: [], limit: 3_000) == .tooLong)
        let child = try #require(scratch.text("child").flatMap { pid_t($0.filter(\.isNumber)) })
        var tries = 0
        // The init process reaps it when it likes.
        while kill(child, 0) == 0, stateOf(child) != "Z", tries < 1_000 {
            usleep(10_000)
            tries += 1
        }
        #expect(tries < 1_000)
    }

    private func stateOf(_ pid: pid_t) -> String {
        guard let bytes = SmallFile.read("/proc/\(pid)/stat") else { return "" }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let close = text.lastIndex(of: ")") else { return "" }
        return text[close...].dropFirst(2).first.map(String.init) ?? ""
    }

    @Test func `events reach hooks in their order, and a flood is bounded`() async throws {
        try hook("h", "cat >> \(scratch.path)/seen; echo >> \(scratch.path)/seen")
        let runner = HookRunner(directory: HookDirectory(path: scratch.path), log: Logger(label: "test"))
        for number in 0..<5 { runner.tell(EventInfo(kind: .claimed, message: "number \(number)")) }
        var seen = ""
        for _ in 0..<6_000 where seen.split(separator: "\n").count < 5 {
            try await Task.sleep(for: .milliseconds(10))
            seen = scratch.text("seen") ?? ""
        }
        let order = seen.split(separator: "\n").compactMap { line in (0..<5).first { line.contains("number \($0)") } }
        #expect(order == [0, 1, 2, 3, 4])
        for number in 0..<10_000 { runner.tell(EventInfo(kind: .claimed, message: "flood \(number)")) }
        #expect(runner.queued <= HookRunner.longestQueue)
    }
}
