package import ControlAPI
internal import FoundationEssentials
internal import Glibc

/// Files that are exported and imported; "-" is standard input.
package enum DocumentFile {
    private static let longest = 64 << 20

    package static func read(_ path: String) throws -> [UInt8] {
        let isInput = path == "-"
        let file = isInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw unreadable(path, errno) }
        defer { if !isInput { close(file) } }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(path, errno) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= longest else {
                throw DocumentError(path, "is longer than \(longest) bytes; name a file that leasectl export wrote")
            }
        }
    }

    private static func unreadable(_ path: String, _ code: Int32) -> DocumentError {
        DocumentError(
            path, "cannot be read: \(String(cString: strerror(code))); name a file that exists and may be read",
            kind: code == ENOENT ? .notFound : .malformed)
    }

    /// Writes a new file, mode 0600, in one step; an existing one is not touched.
    package static func create(_ path: String, _ text: String) throws { try create(path, Array(text.utf8)) }

    package static func create(_ path: String, _ bytes: [UInt8]) throws {
        let temporary = "\(path).partial-\(getpid())"
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw unwritable(path, errno) }
        defer { unlink(temporary) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let code = errno
                close(file)
                throw unwritable(path, code)
            }
            written += count
        }
        let synced = fsync(file)
        close(file)
        guard synced == 0, link(temporary, path) == 0 else { throw unwritable(path, errno) }
    }

    private static func unwritable(_ path: String, _ code: Int32) -> DocumentError {
        if code == EEXIST {
            return DocumentError(path, "exists already and is not overwritten; name another file", kind: .conflict)
        }
        return DocumentError(
            path,
            "cannot be written: \(String(cString: strerror(code))); name a file in a directory that may be written")
    }

    /// The tree of a JSON text.
    package static func tree(_ bytes: some Collection<UInt8>, _ path: String, _ place: String = "") throws -> JSONValue
    {
        do {
            return try JSONLine.decode(JSONValue.self, from: bytes)
        } catch {
            throw DocumentError(
                path, at: place,
                "is not JSON; name a file that leasectl export wrote, or another --format")
        }
    }

    package static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
    package static func bytes(base64 text: String) -> [UInt8]? { Data(base64Encoded: text).map { Array($0) } }
}
