internal import Glibc

/// The whole of a file as text.
func readText(_ path: String) throws -> String {
    let file = try Descriptor.reading(path)
    var bytes: [UInt8] = []
    while true {
        let more = try withUnsafeTemporaryAllocation(byteCount: 65536, alignment: 1) { buffer -> [UInt8] in
            let count = read(file.number, buffer.baseAddress, buffer.count)
            guard count >= 0 else { throw LabError(call: "read \(path)", errno: errno) }
            return Array(buffer[..<count])
        }
        if more.isEmpty { return String(decoding: bytes, as: UTF8.self) }
        bytes += more
    }
}

/// Writes a new file with exactly this mode.
func writeText(_ text: String, to path: String, mode: mode_t = 0o600) throws {
    let number = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard number >= 0 else { throw LabError(call: "create \(path)", errno: errno) }
    let file = Descriptor(owning: number)
    let bytes = Array(text.utf8)
    guard write(file.number, bytes, bytes.count) == bytes.count, fchmod(file.number, mode) == 0 else {
        throw LabError(call: "write \(path)", errno: errno)
    }
}

func makeFolder(_ path: String) throws {
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw LabError(call: "mkdir \(path)", errno: errno) }
}

func fileExists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// The permission bits of a file.
func fileMode(_ path: String) throws -> mode_t {
    var status = stat()
    guard stat(path, &status) == 0 else { throw LabError(call: "stat \(path)", errno: errno) }
    return status.st_mode & 0o7777
}

/// The names in a folder, in order; none when there is no such folder.
func folderNames(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
}
