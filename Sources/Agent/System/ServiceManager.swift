internal import Glibc

/// Tells systemd how the service is doing (sd_notify(3)); does nothing where no NOTIFY_SOCKET is named.
package struct ServiceManager: Sendable {
    private let path: String?
    /// How long the service manager waits for a sign of life (WatchdogSec=); a service says WATCHDOG=1 twice within
    /// that time. `nil`: it does not watch.
    package let watchdog: Duration?

    package init(path: String? = Self.variable("NOTIFY_SOCKET"), watchdog: Duration? = Self.watchdogOfEnvironment) {
        self.path = path
        self.watchdog = watchdog
    }

    /// One line of state for people, as `systemctl status` shows it.
    package func status(_ text: String) {
        notify("STATUS=" + text.unicodeScalars.map { $0.value < 0x20 ? " " : String($0) }.joined())
    }

    package func signOfLife() { notify("WATCHDOG=1") }

    /// sd_watchdog_enabled(3).
    package static var watchdogOfEnvironment: Duration? {
        watchdog(microseconds: variable("WATCHDOG_USEC"), process: variable("WATCHDOG_PID"), own: getpid())
    }

    package static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    static func watchdog(microseconds: String?, process: String?, own: Int32) -> Duration? {
        guard let microseconds = microseconds.flatMap({ Int64($0) }), microseconds > 0 else { return nil }
        if let process, Int32(process) != own { return nil }
        return .microseconds(microseconds)
    }

    /// - Returns: whether somebody was told.
    @discardableResult
    package func notify(_ state: String) -> Bool {
        guard let path, !path.isEmpty else { return false }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        // A name that begins with @ is abstract: its first byte is zero.
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + (bytes.first == 0 ? 0 : 1))
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        // A service manager that is stuck must not take the daemon with it.
        var patience = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let message = Array(state.utf8)
        let sent = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(socket, message, message.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
        return sent == message.count
    }
}
