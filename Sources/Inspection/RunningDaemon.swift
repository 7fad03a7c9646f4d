internal import Glibc

/// Looks for a feltd of this network namespace among the processes, whatever its directories.
package enum RunningDaemon {
    /// - Returns: its process number; `nil` when there is none, or it cannot be seen.
    package static func find() -> Int32? {
        guard let here = namespace(of: "thread-self") else { return nil }
        return first { namespace(of: "\($0)") == here }
    }

    /// How many there are on this machine, whatever their network namespaces.
    package static func count() -> Int {
        var count = 0
        _ = first { _ in
            count += 1
            return false
        }
        return count
    }

    private static func first(where isWanted: (Int32) -> Bool) -> Int32? {
        guard let directory = opendir("/proc") else { return nil }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let pid = Int32(name), isFeltd(pid), isWanted(pid) { return pid }
        }
        return nil
    }

    private static func isFeltd(_ pid: Int32) -> Bool {
        let file = open("/proc/\(pid)/comm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = read(file, &bytes, bytes.count)
        return count > 0 && String(decoding: bytes[..<count], as: UTF8.self) == "feltd\n"
    }

    private static func namespace(of process: String) -> String? {
        var target = [CChar](repeating: 0, count: 64)
        let length = readlink("/proc/\(process)/ns/net", &target, target.count - 1)
        guard length > 0 else { return nil }
        return String(decoding: target[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
