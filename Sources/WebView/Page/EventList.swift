internal import ControlAPI

/// What happened since felt-web follows, the newest first.
enum EventList {
    static func html(_ events: [LoggedEvent]) -> String {
        guard !events.isEmpty else {
            return "<p class=\"note\">Nothing has happened since felt-web began to follow.</p>"
        }
        let items = events.map { event in
            let what =
                "<span class=\"kind \(event.info.kind.gravity.rawValue)\">\(event.info.kind.rawValue.cut(40).html)</span>"
            return "<li><time>\(Shown.age(event.ageSeconds))</time>\(what)<span class=\"text\">"
                + "\(event.info.message.cut(300).html)</span></li>"
        }
        return "<ol class=\"events\">\(items.joined())</ol>"
    }
}
