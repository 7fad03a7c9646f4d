internal import Glibc

/// What this machine calls itself.
package enum HostName {
    /// The host name's first label; `nil` when there is none.
    package static var current: String? {
        var names = utsname()
        guard uname(&names) == 0 else { return nil }
        let text = withUnsafeBytes(of: &names.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return text.split(separator: ".").first.map(String.init)
    }
}
