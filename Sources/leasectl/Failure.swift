import ArgumentParser
internal import ControlAPI
internal import Documents
internal import LeaseStore

/// The exit statuses of the contract.
enum Status {
    static let failure: Int32 = 1
    static let unreachable: Int32 = 3
    static let notFound: Int32 = 4
    static let unhealthy: Int32 = 5
    static let exhausted: Int32 = 6
    static let usage: Int32 = 64
    static let timedOut: Int32 = 124

    static func of(_ error: any Error) -> Int32 {
        switch error {
        case ControlClientError.unreachable, ControlClientError.closed: unreachable
        case ControlClientError.timedOut: timedOut
        case ControlClientError.refused(let refusal): of(refusal)
        case let error as ControlError: of(error)
        case let error as DocumentError: error.status
        case let error as StoreError: of(error)
        default: failure
        }
    }

    private static func of(_ error: StoreError) -> Int32 {
        switch error.kind {
        case .missing: notFound
        case .inUse, .exists, .damaged, .otherApplication, .notADatabase: unhealthy
        default: failure
        }
    }

    private static func of(_ error: ControlError) -> Int32 {
        switch error.code {
        case .notFound: notFound
        case .conflict, .unhealthy: unhealthy
        case .poolExhausted: exhausted
        case .badRequest: usage
        case .unavailable: unreachable
        case .timedOut: timedOut
        default: failure
        }
    }
}

extension DocumentError {
    var status: Int32 {
        switch kind {
        case .malformed: Status.usage
        case .conflict: Status.unhealthy
        case .notFound: Status.notFound
        }
    }
}

extension DocumentFormat: ExpressibleByArgument {}

/// Runs a command's body; a failure becomes one line on standard error and a status of the contract.
func reporting(_ body: () throws -> Void) throws {
    do {
        try body()
    } catch let code as ExitCode {
        throw code
    } catch {
        Console.note("\(error)")
        throw ExitCode(Status.of(error))
    }
}
