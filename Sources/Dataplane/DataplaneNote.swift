/// Something about the machine that an operator should know, though the data plane stands: what, and what to do.
package struct DataplaneNote: Hashable, Sendable, CustomStringConvertible {
    /// The setting, the device or the option that it is about.
    package var subject: String
    package var message: String

    package init(subject: String, message: String) {
        self.subject = subject
        self.message = message
    }

    package var description: String { "\(subject): \(message)" }
}
