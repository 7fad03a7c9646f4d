internal import Glibc

/// Why a remedy was not applied.
package struct RemedyFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let path: String
    package let reason: String

    package var description: String { "\(path): \(reason)" }
}

extension Remedy {
    /// Makes the change. A file that is there with other contents stays as it is.
    package func apply(to files: HostFiles) throws(RemedyFailure) {
        switch self {
        case .setting(let path, let value):
            try Self.write(value + "\n", to: "/proc/sys/\(path)", flags: O_WRONLY)
        case .file(let path, let contents):
            if let present = files.text(path) {
                guard present != contents else { return }
                throw RemedyFailure(
                    path: files.root + path, reason: "is there with other contents; compare them by hand")
            }
            var folder = files.root
            for part in path.split(separator: "/").dropLast() {
                folder += "/\(part)"
                mkdir(folder, 0o755)
            }
            try Self.write(contents, to: files.root + path, flags: O_WRONLY | O_CREAT | O_EXCL)
        case .line(let path, let text):
            let present = files.text(path) ?? ""
            let start = present.isEmpty || present.hasSuffix("\n") ? "" : "\n"
            try Self.write("\(start)\(text)\n", to: files.root + path, flags: O_WRONLY | O_APPEND)
        }
    }

    private static func write(_ text: String, to path: String, flags: Int32) throws(RemedyFailure) {
        let file = open(path, flags | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw RemedyFailure(path: path, reason: String(cString: strerror(errno))) }
        defer { close(file) }
        guard Glibc.write(file, text, text.utf8.count) == text.utf8.count else {
            throw RemedyFailure(path: path, reason: String(cString: strerror(errno)))
        }
    }
}
