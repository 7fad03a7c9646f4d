internal import Glibc

/// Names with wildcards, as shells match them (fnmatch(3)).
enum Pattern {
    static func matches(_ pattern: some StringProtocol, _ name: String) -> Bool {
        fnmatch(String(pattern), name, 0) == 0
    }

    /// A list of patterns as systemd writes it: blanks between, and a `!` before the first turns its meaning round.
    static func matchesList(_ list: String, _ name: String) -> Bool {
        let isInverted = list.hasPrefix("!")
        let found = list.drop { $0 == "!" }.split(separator: " ").contains { matches($0, name) }
        return found != isInverted
    }
}
