internal import ControlAPI

/// Keys and values of etcd in any of the three forms in which one has them in a file.
struct FlannelEntries {
    private(set) var entries: [DocumentPlace] = []
    private let file: String

    init(parsing bytes: [UInt8], file: String) throws {
        self.file = file
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw DocumentError(file, "is not UTF-8; write what `etcdctl get --prefix` prints into it")
        }
        let first = text.first { !$0.isWhitespace }
        if first == "{" {
            try readObject(DocumentPlace(file: file, name: "", value: try DocumentFile.tree(bytes, file)))
        } else {
            try readLines(text)
        }
    }

    private mutating func add(_ key: String, _ value: String) throws {
        entries.append(
            DocumentPlace(file: file, name: key, value: try DocumentFile.tree(Array(value.utf8), file, key)))
    }

    /// `etcdctl get --prefix`: a line with the key, then the value, which may have several lines.
    private mutating func readLines(_ text: String) throws {
        var key: Substring?
        var value = ""
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            if line.hasPrefix("/") {
                if let key { try add(String(key), value) }
                (key, value) = (line, "")
            } else if key != nil {
                value += line + "\n"
            } else if line.contains(where: { !$0.isWhitespace }) {
                throw DocumentError(
                    file, at: "line \(index + 1)",
                    "is not a key of etcd; write what `etcdctl get --prefix \(FlannelDocument.prefix)` prints into it")
            }
        }
        if let key { try add(String(key), value) }
    }

    private mutating func readObject(_ root: DocumentPlace) throws {
        if let kvs = try root.member("kvs") {
            // `etcdctl get --prefix -w json`: both in base64.
            for pair in try kvs.elements {
                let key = String(decoding: try pair.required("key").bytes, as: UTF8.self)
                try add(key, String(decoding: try pair.required("value").bytes, as: UTF8.self))
            }
            return
        }
        guard case .object(let members) = root.value else { return }
        for member in members {
            if case .string(let text) = member.value {
                try add(member.key, text)
            } else {
                entries.append(DocumentPlace(file: file, name: member.key, value: member.value))
            }
        }
    }
}
