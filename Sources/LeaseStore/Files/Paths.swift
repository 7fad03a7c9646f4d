internal import Glibc

/// What is done to files by name.
enum Paths {
    /// Makes what happened to a directory's entries survive a power loss.
    static func syncDirectory(_ path: String) throws(SystemFailure) {
        try Descriptor(opening: path, flags: O_RDONLY | O_DIRECTORY).sync()
    }

    /// Gives a file its final name, never in place of one that exists (EEXIST).
    static func publish(_ temporary: String, as name: String) throws(SystemFailure) {
        do {
            try system("link") { Int(link(temporary, name)) }
            unlink(temporary)
        } catch {
            // File systems without hard links (FAT) say EPERM. The daemon's lock keeps others off these names.
            guard error.code == EPERM || error.code == EOPNOTSUPP else { throw error }
            guard !exists(name) else { throw SystemFailure(call: "rename", code: EEXIST) }
            try rename(temporary, to: name)
        }
    }

    static func rename(_ from: String, to: String) throws(SystemFailure) {
        try system("rename") { Int(Glibc.rename(from, to)) }
    }

    /// Whether something has this name, a dangling symbolic link included.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// A file by its device and its inode: what a name leads to.
    struct Place: Equatable {
        let device: dev_t
        let inode: ino_t
    }

    /// `nil` when there is no such file.
    static func place(of path: String) -> Place? {
        var status = stat()
        return stat(path, &status) == 0 ? Place(device: status.st_dev, inode: status.st_ino) : nil
    }

    /// Bytes; `nil` when there is no such file.
    static func size(of path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    /// The directory a path names its last component in.
    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Names in a directory, unsorted; empty when it cannot be read.
    static func entries(of directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}
