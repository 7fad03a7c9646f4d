/// Why the laboratory could not do what a test asked of it.
struct LabError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    /// A system call that failed, with the kernel's own words.
    init(call: String, errno code: Int32) {
        description = "\(call): \(systemMessage(code))"
    }
}
