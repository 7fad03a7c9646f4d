internal import ControlAPI
internal import Glibc

/// A headless Chromium with one page, spoken to over a pipe in the Chrome DevTools Protocol: JSON messages that end with a zero.
final class Browser {
    /// What the browser complained of: errors of scripts, refused loads, broken rules of the page's content policy.
    private(set) var complaints: [String] = []
    private let process: BackgroundProcess
    private let commands: Descriptor
    private let answers: Descriptor
    private var input: [UInt8] = []
    private var lastID = 0
    private var session: String?

    /// Starts it and opens the page.
    init(_ url: String, folder: String, javaScript: Bool = true) throws {
        // Both ends opened for both ways: neither side waits for the other to open its own.
        func pipe(_ name: String) throws -> Descriptor {
            let path = "\(folder)/\(name)"
            unlink(path)
            guard mkfifo(path, 0o600) == 0 else { throw LabError(call: "mkfifo \(path)", errno: errno) }
            let number = open(path, O_RDWR | O_CLOEXEC)
            guard number >= 0 else { throw LabError(call: "open \(path)", errno: errno) }
            return Descriptor(owning: number)
        }
        commands = try pipe("commands")
        answers = try pipe("answers")
        // Root may not use its sandbox. Its profile is its own, so that nothing is left.
        let program =
            "exec chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage "
            + "--user-data-dir=\(folder)/browser --remote-debugging-pipe about:blank 3<\(folder)/commands 4>\(folder)/answers"
        process = try BackgroundProcess(
            ["sh", "-c", program], environment: ["HOME": folder], log: "\(folder)/browser.log")
        let target = try call("Target.createTarget", [.init("url", .string("about:blank"))])["targetId"]
        let attached = try call(
            "Target.attachToTarget", [.init("targetId", target ?? .null), .init("flatten", .bool(true))])
        guard case .string(let name)? = attached["sessionId"] else { throw LabError("no session: \(attached.line)") }
        session = name
        for domain in ["Runtime", "Log", "Page"] { try call("\(domain).enable") }
        if !javaScript { try call("Emulation.setScriptExecutionDisabled", [.init("value", .bool(true))]) }
        try call("Page.navigate", [.init("url", .string(url))])
    }

    /// The value of a JavaScript expression in the page.
    func value(_ expression: String) throws -> JSONValue {
        let answer = try call(
            "Runtime.evaluate",
            [
                .init("expression", .string(expression)), .init("returnByValue", .bool(true)),
                .init("awaitPromise", .bool(true)),
            ])
        if let exception = answer["exceptionDetails"] { throw LabError("\(expression): \(exception.line)") }
        return answer["result"]?["value"] ?? .null
    }

    /// Waits until an expression is true.
    func waitUntil(_ expression: String) async throws {
        try await IntegrationTests.waitUntil(expression) {
            try value(expression) == .bool(true) ? nil : try value("document.body.innerText").line
        }
    }

    @discardableResult private func call(_ method: String, _ parameters: [JSONValue.Member] = []) throws -> JSONValue {
        lastID += 1
        var members: [JSONValue.Member] = [
            .init("id", .number(lastID)), .init("method", .string(method)), .init("params", .object(parameters)),
        ]
        if let session { members.append(.init("sessionId", .string(session))) }
        let bytes = Array(JSONValue.object(members).line.utf8) + [0]
        guard write(commands.number, bytes, bytes.count) == bytes.count else {
            throw LabError(call: "write to the browser", errno: errno)
        }
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let message = try next(before: deadline)
            guard message["id"] == .number(lastID) else {
                note(message)
                continue
            }
            if let error = message["error"] { throw LabError("\(method): \(error.line)") }
            return message["result"] ?? .null
        }
    }

    private func next(before deadline: ContinuousClock.Instant) throws -> JSONValue {
        while true {
            if let end = input.firstIndex(of: 0) {
                let message = input[..<end]
                input = Array(input[(end + 1)...])
                return try JSONLine.decode(JSONValue.self, from: message)
            }
            guard ContinuousClock.now < deadline, process.status == nil else {
                throw LabError("the browser does not answer\n\(process.log.suffix(2_000))")
            }
            var waited = pollfd(fd: answers.number, events: Int16(POLLIN), revents: 0)
            guard poll(&waited, 1, 200) > 0 else { continue }
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(answers.number, &buffer, buffer.count)
            if count > 0 { input += buffer[..<count] }
        }
    }

    private func note(_ message: JSONValue) {
        switch message["method"] {
        case .string("Log.entryAdded"), .string("Runtime.exceptionThrown"): complaints.append(message.line)
        default: break
        }
    }
}
