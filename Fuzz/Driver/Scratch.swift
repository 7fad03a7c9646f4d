internal import FoundationEssentials
internal import Glibc

/// Files in memory for what is only read from files; each run begins without any.
enum Scratch {
    private static let path = "/dev/shm/felt-fuzz-\(getpid())"

    static func withFile(_ bytes: [UInt8], _ body: (String) -> Void) {
        withFolder { folder in
            write(bytes, to: folder + "/file")
            body(folder + "/file")
        }
    }

    static func withFolder(_ body: (String) -> Void) {
        mkdir(path, 0o700)
        defer { try? FileManager.default.removeItem(atPath: path) }
        body(path)
    }

    static func write(_ bytes: [UInt8], to path: String) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { preconditionFailure("no room for scratch files") }
        defer { close(file) }
        precondition(Glibc.write(file, bytes, bytes.count) == bytes.count)
    }

    static func read(_ path: String) -> [UInt8]? { FileManager.default.contents(atPath: path).map { Array($0) } }
}
