/// A change that takes nothing away from anybody: safe to make without asking.
package enum Remedy: Hashable, Sendable {
    /// A kernel setting, by its path below /proc/sys.
    case setting(path: String, value: String)
    /// A new file with these contents.
    case file(path: String, contents: String)
    /// One more line at the end of a file.
    case line(path: String, text: String)

    /// What a shell would do.
    package var command: String {
        switch self {
        case .setting(let path, let value): "sysctl -w \(path)=\(value)"
        case .file(let path, let contents):
            "mkdir -p \(Self.folder(of: path)) && printf '\(Self.escaped(contents))' >\(path)"
        case .line(let path, let text): "printf '\(Self.escaped(text + "\n"))' >>\(path)"
        }
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("%", with: "%%").replacing("'", with: "'\\''")
            .replacing("\n", with: "\\n")
    }
}
