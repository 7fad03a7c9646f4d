internal import Glibc

/// A number below /proc/sys/net of the network namespace of this thread.
struct KernelSetting {
    /// As sysctl(8) names it, with slashes: "ipv4/ip_forward".
    let name: String

    /// `nil` when there is no such setting, or it cannot be read.
    var value: Int? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return Int(String(decoding: bytes[..<count], as: UTF8.self).prefix { $0.isNumber })
    }

    /// - Returns: 0, or the errno: /proc/sys may be read-only.
    func set(_ value: Int) -> Int32 {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        let text = Array("\(value)\n".utf8)
        return write(descriptor, text, text.count) == text.count ? 0 : errno
    }

    private var path: String { "/proc/sys/net/\(name)" }
}
