internal import ControlAPI

/// What happened since felt-web follows, the newest first.
enum EventList {
    static func html(_ events: [LoggedEvent]) -> String {
        guard !events.isEmpty else {
            return "<p class=\"note\">Nothing has happened since felt-web began to follow.</p>"
        }
        let items = events.map { event in
            let what = "<span class=\"kind \(tone(event.info.kind))\">\(event.info.kind.rawValue.cut(40).html)</span>"
            return "<li><time>\(Shown.age(event.ageSeconds))</time>\(what)<span class=\"text\">"
                + "\(event.info.message.cut(300).html)</span></li>"
        }
        return "<ol class=\"events\">\(items.joined())</ol>"
    }

    private static func tone(_ kind: EventKind) -> String {
        switch kind {
        case .lost, .revoked, .exhausted, .memberUnreachable, .dataplaneFailed, .storeProblem: "bad"
        case .memberSuspect, .isolated, .nameConflict, .identityChanged, .dataplaneRepaired: "warn"
        default: "calm"
        }
    }
}
