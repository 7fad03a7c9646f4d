package import ControlAPI
internal import Dispatch

/// Asks a running feltd, one connection for each reading, off the threads that serve HTTP.
package struct ControlReader: Sendable {
    private let path: String
    private let timeout: Double
    private let queue = DispatchQueue(label: "felt-web.control")

    /// - Parameter timeout: seconds for each of the questions.
    package init(path: String, timeout: Double = 3) {
        self.path = path
        self.timeout = timeout
    }

    package func read() async -> Reading {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: readNow()) }
        }
    }

    /// What the kernel should hold, for a trace.
    package func dataplane(_ query: DataplaneQuery) async -> DataplaneFeed.Answer {
        await withCheckedContinuation { continuation in
            queue.async {
                do throws(ControlClientError) {
                    let client = try ControlClient(path: path, timeout: timeout)
                    continuation.resume(returning: .success(try client.call(ControlMethods.dataplane, query)))
                } catch .refused(let error) {
                    continuation.resume(returning: .failure(error))
                } catch {
                    continuation.resume(returning: .failure(ControlError(.unavailable, "\(error)")))
                }
            }
        }
    }

    private func readNow() -> Reading {
        var reading = Reading()
        do {
            let client = try ControlClient(path: path, timeout: timeout)
            reading.status = try ask(client, ControlMethods.status, &reading)
            reading.leases = try ask(client, ControlMethods.list, &reading)
            reading.members = try ask(client, ControlMethods.members, &reading)
            reading.version = try ask(client, ControlMethods.version, &reading)
        } catch {
            reading.problem = "\(error)"
        }
        return reading
    }

    /// A daemon of another release may refuse one question, or answer it in other words, and still answer the rest.
    private func ask<Result>(
        _ client: ControlClient, _ method: ControlMethod<NoParameters, Result>, _ reading: inout Reading
    ) throws(ControlClientError) -> Result? {
        do {
            return try client.call(method)
        } catch .refused(let error) {
            reading.problem = reading.problem ?? error.message
        } catch .protocolViolation(let what) {
            reading.problem = reading.problem ?? "\(what) (\(method.name))"
        }
        return nil
    }
}
