internal import Crypto
internal import FoundationEssentials

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
            let contents = SmallFile.read(root + source) ?? []
            // What systemd leaves in machine-id before the first boot has ended is no identity yet.
            let isSettled = contents != Array("uninitialized\n".utf8)
            hash.update(data: Data(isSettled ? contents : []))
        }
        return hash.finalize().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
