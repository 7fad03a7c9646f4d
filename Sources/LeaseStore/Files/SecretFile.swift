internal import Glibc

/// A small file that only its owner reads (0600), replaced as a whole: durable and either old or new after a crash.
package struct SecretFile: Sendable {
    package let path: String
    private static let longest = 64 << 10

    package init(path: String) { self.path = path }

    /// `nil` when there is none.
    package func read() throws(SecretFileError) -> [UInt8]? {
        let bytes: [UInt8]
        let mode: mode_t
        do {
            let file = try Descriptor(opening: path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
            mode = try file.status().st_mode
            bytes = mode & S_IFMT == S_IFREG ? try file.read(limit: Self.longest + 1) : []
        } catch {
            if error.code == ENOENT { return nil }
            throw SecretFileError(path: path, problem: "cannot be read: \(error)")
        }
        guard mode & S_IFMT == S_IFREG else { throw SecretFileError(path: path, problem: "is not a regular file") }
        guard mode & 0o077 == 0 else {
            throw SecretFileError(
                path: path,
                problem: "can be read by others (mode \(String(mode & 0o777, radix: 8))); run: chmod 600 \(path)")
        }
        guard bytes.count <= Self.longest else { throw SecretFileError(path: path, problem: "is too long") }
        return bytes
    }

    /// On the disk when it returns.
    package func replace(with bytes: [UInt8]) throws(SecretFileError) {
        let temporary = path + ".new"
        // What a crash left.
        unlink(temporary)
        defer { unlink(temporary) }
        do {
            do {
                let file = try Descriptor(
                    opening: temporary, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
                try file.setMode(0o600)
                try file.write(bytes)
                try file.sync()
            }
            try Paths.rename(temporary, to: path)
            try Paths.syncDirectory(Paths.parent(of: path))
        } catch {
            throw SecretFileError(path: path, problem: "cannot be written: \(error)")
        }
    }
}

/// What is wrong with a secret file, and what to do.
package struct SecretFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package let path: String
    package let problem: String

    package var description: String { "\(path) \(problem)" }
}
