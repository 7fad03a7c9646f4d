internal import Glibc

/// A file of cluster keys: one base64 key of 32 bytes a line; the first seals, all open. Empty lines and lines that
/// begin with # do not count, but for one: `# cluster ID` names the cluster of keys that were not there when it began.
package struct KeyFile: Sendable {
    package let path: String
    private static let longest = 64 << 10

    package init(path: String) { self.path = path }

    package func read() throws(KeyFileError) -> KeyRing { try parse(text()) }

    /// The cluster that a comment names.
    package func clusterID() throws(KeyFileError) -> UInt64? {
        for line in try text().split(whereSeparator: \.isNewline) where line.hasPrefix("#") {
            let words = line.dropFirst().split(whereSeparator: \.isWhitespace)
            if words.count == 2, words[0] == "cluster", words[1].utf8.count == 16 {
                return UInt64(words[1], radix: 16)
            }
        }
        return nil
    }

    private func text() throws(KeyFileError) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw KeyFileError(path: path, problem: .system(errno)) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw KeyFileError(path: path, problem: .system(errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw KeyFileError(path: path, problem: .notAFile) }
        guard status.st_mode & 0o077 == 0 else {
            throw KeyFileError(path: path, problem: .exposed(mode: status.st_mode & 0o777))
        }
        guard status.st_size <= Self.longest else { throw KeyFileError(path: path, problem: .tooLong) }
        var bytes = [UInt8](repeating: 0, count: Self.longest)
        var length = 0
        while length < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                Glibc.read(file, $0.baseAddress?.advanced(by: length), $0.count - length)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw KeyFileError(path: path, problem: .system(errno)) }
            if count == 0 { break }
            length += count
        }
        return String(decoding: bytes.prefix(length), as: UTF8.self)
    }

    func parse(_ text: String) throws(KeyFileError) -> KeyRing {
        var keys: [ClusterKey] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.drop(while: \.isWhitespace)
            let trimmed = String(line.reversed().drop(while: \.isWhitespace).reversed())
            guard !trimmed.isEmpty, !trimmed.hasPrefix("#") else { continue }
            guard let bytes = base64Decode(trimmed) else {
                throw KeyFileError(path: path, problem: .notBase64(line: index + 1))
            }
            guard let key = ClusterKey(bytes: bytes) else {
                throw KeyFileError(path: path, problem: .wrongLength(line: index + 1, length: bytes.count))
            }
            keys.append(key)
        }
        guard let ring = KeyRing(keys) else { throw KeyFileError(path: path, problem: .empty) }
        return ring
    }
}

/// What is wrong with a key file, and what to do.
package struct KeyFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Problem: Hashable, Sendable {
        case system(Int32)
        case notAFile
        case exposed(mode: UInt32)
        case tooLong
        case empty
        case notBase64(line: Int)
        case wrongLength(line: Int, length: Int)
    }

    package let path: String
    package let problem: Problem

    package var description: String {
        let path = shownPath(path)
        let name = "key file \(path)"
        switch problem {
        case .system(ENOENT): return "\(name) does not exist; make one with: head -c 32 /dev/urandom | base64"
        case .system(let code):
            return "\(name) cannot be read: \(String(cString: strerror(code))); name a file that feltd may read"
        case .notAFile: return "\(name) is not a regular file; name one that holds one base64 key a line"
        case .exposed(let mode):
            return "\(name) can be read by others (mode \(String(mode, radix: 8))); run: chmod 600 \(path)"
        case .tooLong: return "\(name) is too long for a key file; it holds one base64 key a line"
        case .empty: return "\(name) holds no key; write one base64 key of 32 bytes a line"
        case .notBase64(let line):
            return "\(name), line \(line), is not base64; write one base64 key of 32 bytes a line"
        case .wrongLength(let line, let length):
            return "\(name), line \(line), is a key of \(length) bytes; a key has \(ClusterKey.length): "
                + "make one with: head -c 32 /dev/urandom | base64"
        }
    }
}
