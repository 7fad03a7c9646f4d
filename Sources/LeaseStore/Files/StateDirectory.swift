internal import Glibc

/// The directory that holds what a node must not forget.
enum StateDirectory {
    /// Makes the directory, and those above it, where absent; finds out whether files can be made in it.
    static func prepare(_ path: String) throws(StoreError) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw StoreError(.directory, path: path, detail: "not a usable path")
        }
        do {
            try make(path, mode: 0o700)
            try system("access") { Int(access(path, R_OK | W_OK | X_OK)) }
        } catch {
            // A disk that is full or read-only now may not be so later; a wrong path or user stays wrong.
            let passes = StoreError.Kind(errno: error.code).flatMap { StoreError.Kind.passing.contains($0) ? $0 : nil }
            throw StoreError(passes ?? .directory, path: path, detail: error.description)
        }
    }

    private static func make(_ path: String, mode: mode_t) throws(SystemFailure) {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else { throw SystemFailure(call: "mkdir", code: ENOTDIR) }
            return
        }
        let parent = Paths.parent(of: path)
        if parent != path, !Paths.exists(parent) { try make(parent, mode: 0o755) }
        do {
            try system("mkdir") { Int(mkdir(path, mode)) }
        } catch  where error.code == EEXIST {
            return
        }
        try? Paths.syncDirectory(parent)
    }
}
