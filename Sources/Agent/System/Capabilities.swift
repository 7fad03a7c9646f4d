internal import Glibc

/// What this process may do.
package enum Capabilities {
    /// CAP_NET_ADMIN (linux/capability.h).
    private static let netAdmin: UInt64 = 12

    /// Whether the effective set has CAP_NET_ADMIN, as /proc/self/status says.
    package static var hasNetAdmin: Bool {
        guard let bytes = SmallFile.read("/proc/self/status") else { return geteuid() == 0 }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix("CapEff:") {
            let digits = line.dropFirst("CapEff:".count).drop(while: \.isWhitespace)
            return (UInt64(digits, radix: 16) ?? 0) >> netAdmin & 1 == 1
        }
        return geteuid() == 0
    }
}
