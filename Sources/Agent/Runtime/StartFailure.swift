package import Logging

/// Why feltd did not start, or could not go on: one line for the operator, and the exit status.
package struct StartFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
    package let status: Int32

    /// EX_USAGE of sysexits.h: the configuration is at fault.
    package static let usage: Int32 = 64

    package init(_ description: String, status: Int32 = 1) {
        self.description = description
        self.status = status
    }

    /// As an event among the others, for whoever reads the log by a program.
    package func tell(_ log: Logger) {
        if status == Self.usage {
            log.error(description, id: "configuration-refused")
        } else {
            log.error(description, id: "start-failed")
        }
    }

    static func contradiction(_ differences: [String]) -> StartFailure {
        StartFailure(
            "the cluster's network settings contradict this node's: \(differences.joined(separator: "; ")); "
                + "leave these out to take the cluster's", status: usage)
    }
}
