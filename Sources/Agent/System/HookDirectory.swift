internal import Glibc

/// A folder of executables that are told what happens (--hooks).
///
/// Only what root or this user alone can change is run: the daemon may change the network, and so may its hooks.
struct HookDirectory: Sendable {
    let path: String
    /// More are not run.
    static let most = 16

    /// The executables in the order of their names, and what was passed over with the reason.
    func executables() -> (paths: [String], refused: [(path: String, why: String)]) {
        guard let folder = opendir(path) else { return ([], []) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder), names.count < 1_024 {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            // What editors and packages leave behind is not meant.
            if !name.hasPrefix("."), !name.hasSuffix("~"), !name.contains(".dpkg-") { names.append(name) }
        }
        var paths: [String] = []
        var refused: [(path: String, why: String)] = []
        for name in names.sorted() {
            let file = "\(path)/\(name)"
            var state = stat()
            guard stat(file, &state) == 0, state.st_mode & S_IFMT == S_IFREG, state.st_mode & 0o111 != 0 else {
                continue
            }
            if state.st_uid != 0, state.st_uid != geteuid() {
                refused.append((file, "another user owns it"))
            } else if state.st_mode & 0o022 != 0 {
                refused.append((file, "others may write to it"))
            } else if paths.count == Self.most {
                refused.append((file, "it is beyond the first \(Self.most)"))
            } else {
                paths.append(file)
            }
        }
        return (paths, refused)
    }
}
