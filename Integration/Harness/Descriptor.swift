internal import Glibc

/// A file descriptor that closes itself.
struct Descriptor: ~Copyable {
    let number: Int32

    init(owning number: Int32) {
        self.number = number
    }

    deinit { close(number) }

    /// Opens a file for appending; the descriptor is not inherited.
    static func appending(to path: String) throws -> Descriptor {
        let number = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw LabError(call: "open \(path)", errno: errno) }
        return Descriptor(owning: number)
    }

    static func reading(_ path: String) throws -> Descriptor {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw LabError(call: "open \(path)", errno: errno) }
        return Descriptor(owning: number)
    }
}
