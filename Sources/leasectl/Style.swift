internal import Glibc

/// Colour and weight, only where a terminal shows them and NO_COLOR (no-color.org) does not forbid it.
enum Style {
    static let isOn: Bool = {
        let forbidden = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? true
        return !forbidden && !isDumb && isatty(STDOUT_FILENO) == 1
    }()

    static func bad(_ text: String) -> String { wrapped(text, "31;1") }
    static func good(_ text: String) -> String { wrapped(text, "32") }
    static func doubtful(_ text: String) -> String { wrapped(text, "33") }
    static func strong(_ text: String) -> String { wrapped(text, "1") }
    static func faint(_ text: String) -> String { wrapped(text, "2") }

    private static func wrapped(_ text: String, _ code: String) -> String {
        isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
