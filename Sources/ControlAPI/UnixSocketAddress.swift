package import Glibc

/// The address of a Unix socket in the file system (unix(7)).
package struct UnixSocketAddress: Sendable {
    /// What sun_path holds beside its terminating zero.
    package static let longestPath = 107

    package let path: String

    /// `nil` when the path is empty, too long, or contains a zero byte.
    package init?(path: String) {
        guard (1...Self.longestPath).contains(path.utf8.count), !path.utf8.contains(0) else { return nil }
        self.path = path
    }

    package func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// The kernel's word for an error number.
    package static func describe(_ number: Int32) -> String { String(cString: strerror(number)) }
}
