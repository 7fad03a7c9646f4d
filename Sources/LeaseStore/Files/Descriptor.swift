internal import Glibc

/// An open file; closed with the value's life. Never inherited by a child process.
struct Descriptor: ~Copyable {
    let number: Int32

    init(opening path: String, flags: Int32, mode: mode_t = 0) throws(SystemFailure) {
        let opened = try system("open") { Int(open(path, flags | O_CLOEXEC, mode)) }
        number = Int32(opened)
    }

    deinit { close(number) }

    func status() throws(SystemFailure) -> stat {
        var status = stat()
        try system("fstat") { Int(fstat(number, &status)) }
        return status
    }

    /// The bytes from here to the end of the file, at most `limit` of them.
    func read(limit: Int) throws(SystemFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(limit, 65_536))
        while bytes.count < limit {
            let wanted = min(chunk.count, limit - bytes.count)
            let count = try system("read") { Glibc.read(number, &chunk, wanted) }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return bytes
    }

    func write(_ bytes: [UInt8]) throws(SystemFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try system("write") { rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) } }
            rest = rest.dropFirst(count)
        }
    }

    func truncate() throws(SystemFailure) { try system("ftruncate") { Int(ftruncate(number, 0)) } }
    func setMode(_ mode: mode_t) throws(SystemFailure) { try system("fchmod") { Int(fchmod(number, mode)) } }
    func sync() throws(SystemFailure) { try system("fsync") { Int(fsync(number)) } }
}
