internal import Glibc

/// Files of a few bytes.
enum SmallFile {
    private static let longest = 4_096

    /// At most 4,096 bytes; `nil` when the file cannot be read.
    static func read(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: longest)
        let count = Glibc.read(file, &bytes, bytes.count)
        return count >= 0 ? Array(bytes.prefix(count)) : nil
    }

    /// Puts `bytes` at `path` by an atomic rename, mode 0644, missing folders 0755 whatever the umask: others read it.
    /// Writes nothing if they are there already.
    /// - Returns: errno of what failed; 0 when done.
    static func replace(_ path: String, with bytes: [UInt8]) -> Int32 {
        if read(path) == bytes { return 0 }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex { makeFolders(String(path[..<slash])) }
        let temporary = path + ".new"
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard file >= 0 else { return errno }
        fchmod(file, 0o644)
        let written = write(file, bytes, bytes.count)
        var code = written < 0 ? errno : written < bytes.count ? ENOSPC : 0
        close(file)
        if code == 0, rename(temporary, path) != 0 { code = errno }
        if code != 0 { unlink(temporary) }
        return code
    }

    /// What is missing; what then fails shows when the file is opened.
    private static func makeFolders(_ folder: String) {
        var partial = ""
        for part in folder.split(separator: "/") {
            partial += (partial.isEmpty && !folder.hasPrefix("/") ? "" : "/") + part
            if mkdir(partial, 0o755) == 0 { chmod(partial, 0o755) }
        }
    }
}
