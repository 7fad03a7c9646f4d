internal import Glibc
internal import LeaseLedger

/// What this machine calls itself.
package enum HostName {
    /// The host name's first label, as far as it may name a node: at most 63 bytes without control characters (the
    /// kernel takes 64 of any kind). `nil` when there is none.
    package static var current: String? {
        var names = utsname()
        guard uname(&names) == 0 else { return nil }
        let text = withUnsafeBytes(of: &names.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return nodeName(text)
    }
    static func nodeName(_ hostName: String) -> String? {
        guard let label = hostName.split(separator: ".").first else { return nil }
        var name = String(label.unicodeScalars.filter { $0.properties.generalCategory != .control })
        while name.utf8.count > NodeRecord.longestName { name.removeLast() }
        return name.isEmpty || name == "(none)" ? nil : name
    }
}
