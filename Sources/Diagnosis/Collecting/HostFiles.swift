internal import Glibc

/// Reads the machine's configuration files, and nothing else of the file system.
package struct HostFiles: Sendable {
    /// Put before each path: "" for this machine, or where another's is mounted.
    package let root: String
    private static let longest = 1 << 20
    private static let mostNames = 4_096

    package init(root: String = "") { self.root = root == "/" ? "" : root }

    func exists(_ path: String) -> Bool { access(root + path, F_OK) == 0 }

    /// The first MiB of a file; `nil` when it cannot be read.
    func text(_ path: String) -> String? {
        let file = open(root + path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while bytes.count < Self.longest {
            let count = read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    package func contents(_ path: String) -> String? { text(path) }

    /// The names in a folder, sorted; none when it cannot be read.
    func names(_ folder: String) -> [String] {
        guard let directory = opendir(root + folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while names.count < Self.mostNames, let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
