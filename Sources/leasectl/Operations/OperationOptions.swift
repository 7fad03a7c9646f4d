import ArgumentParser
internal import ControlAPI

/// Options of every command that changes something.
struct OperationOptions: ParsableArguments {
    @Flag(help: "Only say what would happen.")
    var dryRun = false
    @Flag(help: "Return when it is done, within --timeout.")
    var wait = false
}

/// Runs an operation, tells what it does and, if asked, waits until it is done.
struct Operation {
    let options: GlobalOptions
    let operation: OperationOptions

    /// - Parameter isDone: whether the cluster is as it should be, by the leases that this node sees.
    func run(
        _ method: ControlMethod<LeaseRequest, LeaseChange>, _ request: LeaseRequest,
        isDone: (_ change: LeaseChange, _ leases: [LeaseInfo]) -> Bool
    ) throws {
        let deadline = Deadline(options.timeout)
        var asked = request
        if operation.dryRun { asked.dryRun = true }
        var change = try options.connect().call(method, asked)
        if operation.wait, !operation.dryRun, change.state != .unchanged {
            let progress = Progress()
            while true {
                if isDone(change, try options.connect().call(ControlMethods.list)) { break }
                guard !deadline.isPast else {
                    progress.clear()
                    throw ControlError(
                        .timedOut, "after \(options.timeout) s not done yet: \(change.message); it goes on")
                }
                deadline.pause(progress, change.message)
            }
            change.state = .done
        }
        try show(change)
    }

    private func show(_ change: LeaseChange) throws {
        let printer = Printer(options: options)
        switch options.output {
        case .table, .wide:
            let prefix = change.dryRun ? "would: " : change.state == .waiting ? "waiting: " : ""
            Console.print(Console.shown(prefix + change.message) + "\n")
        default:
            try printer.print(one: change, name: change.subnet ?? change.node) { _ in Table(columns: []) }
        }
    }
}
