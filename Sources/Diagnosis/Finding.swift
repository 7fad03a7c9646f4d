/// One thing that is wrong with this machine or its way to the others. The keys are those of `leasectl doctor -o json`.
package struct Finding: Encodable, Hashable, Sendable {
    /// Stable, for scripts; Documentation/doctor.md has all of them.
    package var id: String
    /// The node, device, file or address that it is about.
    package var subject: String?
    package var what: String
    package var why: String
    /// The command that puts it right.
    package var fix: String
    /// Whether `--fix` does it.
    package var fixable: Bool
    /// Whether `--fix` has done it; left out without `--fix`.
    package var fixed: Bool?

    package var remedy: Remedy?

    private enum CodingKeys: String, CodingKey {
        case id, subject, what, why, fix, fixable, fixed
    }

    package init(
        _ id: String, subject: String? = nil, what: String, why: String, fix: String, remedy: Remedy? = nil
    ) {
        (self.id, self.subject, self.what, self.why, self.fix) = (id, subject, what, why, fix)
        self.remedy = remedy
        fixable = remedy != nil
    }

    /// One that `--fix` can put right.
    /// - Parameter reload: the command that lets a service see the changed file.
    init(_ id: String, subject: String? = nil, what: String, why: String, remedy: Remedy, reload: String? = nil) {
        let command = remedy.command + (reload.map { " && \($0)" } ?? "")
        self.init(id, subject: subject, what: what, why: why, fix: command, remedy: remedy)
    }
}
