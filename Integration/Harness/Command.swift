internal import Glibc

/// A program run to its end, and what came of it.
struct Command {
    let arguments: [String]
    let status: ExitStatus
    let output: String
    let errors: String

    var succeeded: Bool { status == .exited(0) }

    /// The lines of its standard output, trimmed, without empty ones.
    var lines: [String] { trimmedLines(output) }

    var report: String {
        "\(arguments.joined(separator: " ")): \(status)\n\(output)\(errors)"
    }

    /// Runs a program and collects what it prints; kills it and throws when it outlives the limit.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], limit: Duration = .seconds(60)
    ) throws -> Command {
        let output = try Pipe()
        let errors = try Pipe()
        let pid = try spawn(
            arguments, environment: environment, output: output.writing.number, errors: errors.writing.number)
        var child = ReapedChild(pid: pid)
        let outputReader = output.closeWriting()
        let errorReader = errors.closeWriting()
        var collected: ([UInt8], [UInt8]) = ([], [])
        let deadline = ContinuousClock.now + limit
        var openReaders = (true, true)
        while openReaders.0 || openReaders.1 {
            guard ContinuousClock.now < deadline else {
                child.kill()
                throw LabError(
                    "\(arguments.joined(separator: " ")): still running after \(limit)\n"
                        + String(decoding: collected.0 + collected.1, as: UTF8.self))
            }
            var polled = [
                pollfd(fd: openReaders.0 ? outputReader.number : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: openReaders.1 ? errorReader.number : -1, events: Int16(POLLIN), revents: 0),
            ]
            _ = poll(&polled, 2, 100)
            if polled[0].revents != 0 { openReaders.0 = drain(outputReader.number, into: &collected.0) }
            if polled[1].revents != 0 { openReaders.1 = drain(errorReader.number, into: &collected.1) }
        }
        guard let status = child.wait(until: deadline) else {
            child.kill()
            throw LabError("\(arguments.joined(separator: " ")): still running after \(limit)")
        }
        return Command(
            arguments: arguments, status: status, output: String(decoding: collected.0, as: UTF8.self),
            errors: String(decoding: collected.1, as: UTF8.self))
    }

    /// As `run`, for a tool whose failure the test cannot go on from.
    @discardableResult static func mustRun(_ arguments: [String]) throws -> Command {
        let command = try run(arguments)
        guard command.succeeded else { throw LabError(command.report) }
        return command
    }

    /// False at the end of the stream.
    private static func drain(_ descriptor: Int32, into bytes: inout [UInt8]) -> Bool {
        let most = 8 << 20
        return withUnsafeTemporaryAllocation(byteCount: 65536, alignment: 1) { buffer in
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            guard count > 0 else { return count < 0 && errno == EINTR }
            if bytes.count < most { bytes.append(contentsOf: buffer[..<count]) }
            return true
        }
    }
}

/// The lines of a tool's output, without surrounding and repeated blanks and without empty lines.
func trimmedLines(_ text: String) -> [String] {
    text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }.filter { !$0.isEmpty }
}
