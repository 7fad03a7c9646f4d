internal import Glibc

/// A program that runs beside the test and writes into a file. It ends with this object at the latest.
final class BackgroundProcess {
    let arguments: [String]
    let logPath: String
    private var child: ReapedChild

    /// Starts it; both of its outputs are appended to the file.
    init(_ arguments: [String], environment: [String: String] = [:], log: String) throws {
        let file = try Descriptor.appending(to: log)
        self.arguments = arguments
        logPath = log
        child = ReapedChild(
            pid: try spawn(arguments, environment: environment, output: file.number, errors: file.number))
    }

    deinit { child.kill() }

    var pid: Int32 { child.pid }

    /// `nil` while it runs.
    var status: ExitStatus? { child.poll() }

    var log: String { (try? readText(logPath)) ?? "" }

    /// Sends a signal that does not end it.
    func signal(_ number: Int32) { child.send(number) }

    /// Sends a signal and waits for the end; kills it and throws when it outlives the limit.
    @discardableResult
    func stop(_ signal: Int32 = SIGTERM, limit: Duration = .seconds(60)) throws -> ExitStatus {
        child.send(signal)
        if let status = child.wait(until: .now + limit) { return status }
        child.kill()
        throw LabError("\(arguments.joined(separator: " ")): still running \(limit) after signal \(signal)\n\(log)")
    }
}
