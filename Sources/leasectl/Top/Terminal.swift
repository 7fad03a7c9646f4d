internal import Documents
internal import Glibc

/// The whole screen, while this object lives; what was on it before comes back.
final class Terminal {
    private var before = termios()
    private var signals = sigset_t()
    private var isRestored = false
    private static let ending = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    init() throws {
        guard tcgetattr(STDIN_FILENO, &before) == 0 else {
            throw DocumentError("the terminal", "cannot be read: \(String(cString: strerror(errno))); use top --once")
        }
        // Held back, and asked for between two looks: so that the screen is always put back.
        sigemptyset(&signals)
        for signal in Self.ending { sigaddset(&signals, signal) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        var raw = before
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
        tcsetattr(STDIN_FILENO, TCSANOW, &raw)
        // Another screen, no cursor (xterm's control sequences).
        Self.write("\u{1B}[?1049h\u{1B}[?25l")
    }

    deinit { restore() }

    func restore() {
        guard !isRestored else { return }
        isRestored = true
        Self.write("\u{1B}[?25h\u{1B}[?1049l")
        tcsetattr(STDIN_FILENO, TCSANOW, &before)
    }

    static func size(of descriptor: Int32 = STDOUT_FILENO) -> (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (min(Int(size.ws_col), 500), min(Int(size.ws_row), 500))
    }

    /// False when nobody sees it any more.
    static func draw(_ lines: [String]) -> Bool {
        write("\u{1B}[H" + lines.joined(separator: "\u{1B}[K\r\n") + "\u{1B}[K\u{1B}[J")
    }

    /// Waits; false when it is to end: q, Ctrl-C, Ctrl-D, a signal, or a terminal that is gone.
    func wait(_ seconds: Double) -> Bool {
        var left = seconds
        while left > 0 {
            let step = min(left, 0.1)
            left -= step
            var pending = sigset_t()
            sigpending(&pending)
            if Self.ending.contains(where: { sigismember(&pending, $0) == 1 }) { return false }
            var waited = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            guard poll(&waited, 1, Int32(step * 1_000)) > 0 else { continue }
            var byte: UInt8 = 0
            guard read(STDIN_FILENO, &byte, 1) == 1, ![3, 4, 28].contains(byte), byte != UInt8(ascii: "q") else {
                return false
            }
        }
        return true
    }

    @discardableResult private static func write(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }
}
