internal import ControlAPI
internal import Glibc

/// Colour and weight, only where a terminal shows them and NO_COLOR (no-color.org) does not forbid it.
enum Style {
    static let isOn: Bool = {
        let forbidden = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        return !forbidden && isTerminal(STDOUT_FILENO)
    }()

    /// Whether what is written there is seen on a terminal that knows control sequences.
    static func isTerminal(_ descriptor: Int32) -> Bool {
        let isDumb = getenv("TERM").map { ["", "dumb"].contains(String(cString: $0)) } ?? true
        return !isDumb && isatty(descriptor) == 1
    }

    static func bad(_ text: String) -> String { Tone.bad.applied(to: text) }
    static func good(_ text: String) -> String { Tone.good.applied(to: text) }
    static func doubtful(_ text: String) -> String { Tone.doubtful.applied(to: text) }
    static func strong(_ text: String) -> String { Tone.strong.applied(to: text) }
    static func faint(_ text: String) -> String { Tone.faint.applied(to: text) }
}

/// What a text means, and how a terminal shows that. The words say the same: colour is an aid.
enum Tone {
    case plain, good, doubtful, bad, strong, faint

    /// Of a word that tables use for a state.
    init(state: String) {
        self =
            switch state {
            case "alive", "confirmed", "used", "static", "yes", "ok", "owner", "ready": .good
            case "suspect", "tentative", "isolated", "waiting": .doubtful
            case "unreachable", "banned", "missing", "stale", "differs", "revoked", "no": .bad
            case "left": .faint
            default: state.hasPrefix("loses") ? .doubtful : .plain
            }
    }

    init(_ kind: EventKind) {
        self =
            switch kind.gravity {
            case .bad: .bad
            case .warn: .doubtful
            case .calm: .plain
            }
    }

    func applied(to text: String) -> String {
        guard Style.isOn, let code else { return text }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }

    /// SGR parameters (ECMA-48 §8.3.117).
    private var code: String? {
        switch self {
        case .plain: nil
        case .good: "32"
        case .doubtful: "33"
        case .bad: "31;1"
        case .strong: "1"
        case .faint: "2"
        }
    }
}
