internal import Crypto
internal import FoundationEssentials
internal import Glibc

/// What tells this machine from another with a copy of its disk: machine-id and what firmware says of the board. It does
/// not change with a reboot, a renamed or a replaced interface.
package enum MachineFingerprint {
    private static let sources = [
        "/etc/machine-id", "/sys/class/dmi/id/product_uuid", "/sys/class/dmi/id/board_serial",
        "/proc/device-tree/serial-number",
    ]

    /// - Parameter root: put before each path; for tests.
    package static func read(root: String = "") -> UInt64 {
        var hash = SHA256()
        for source in sources {
            hash.update(data: Data(source.utf8))
            hash.update(data: Data(SmallFile.read(root + source) ?? []))
        }
        return hash.finalize().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// Files of a few bytes.
enum SmallFile {
    /// At most 4,096 bytes; `nil` when the file cannot be read.
    static func read(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = Glibc.read(file, &bytes, bytes.count)
        return count >= 0 ? Array(bytes.prefix(count)) : nil
    }
}
