internal import Glibc

/// One line that says what takes a while: on standard error, only on a terminal, and gone when it is done.
final class Progress {
    private let isShown = Style.isTerminal(STDERR_FILENO)
    private var isDirty = false

    deinit { clear() }

    /// Says it while `body` runs.
    static func during<Result, Failure: Error>(
        _ text: String, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let progress = Progress()
        progress.show(text)
        defer { progress.clear() }
        return try body()
    }

    func show(_ text: String) {
        guard isShown else { return }
        isDirty = true
        // A line that is wrapped could not be taken back.
        let room = max(Terminal.size(of: STDERR_FILENO).columns - 3, 1)
        Console.complain("\r\u{1B}[K\(TextWidth.cut(Console.shown(text), room)) …")
    }

    func clear() {
        guard isDirty else { return }
        isDirty = false
        Console.complain("\r\u{1B}[K")
    }
}
