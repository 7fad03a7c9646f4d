/// An archive of small files in POSIX's ustar format (pax, IEEE Std 1003.1).
struct TarArchive {
    private(set) var bytes: [UInt8] = []
    private let folder: String
    private let time: UInt64
    private static let block = 512

    /// - Parameters:
    ///   - folder: in which all files lie.
    ///   - time: of their change, seconds since 1970.
    init(folder: String, time: UInt64) { (self.folder, self.time) = (folder, time) }

    /// - Parameter name: at most 80 bytes.
    mutating func add(_ name: String, _ contents: [UInt8]) {
        var header = [UInt8](repeating: 0, count: Self.block)
        func put(_ text: String, at offset: Int, _ length: Int) {
            for (index, byte) in text.utf8.prefix(length).enumerated() { header[offset + index] = byte }
        }
        put("\(folder)/\(name)", at: 0, 100)
        put("0000600", at: 100, 8)
        put("0000000", at: 108, 8)
        put("0000000", at: 116, 8)
        put(Self.octal(UInt64(contents.count), digits: 11), at: 124, 12)
        put(Self.octal(time, digits: 11), at: 136, 12)
        put("        ", at: 148, 8)
        put("0", at: 156, 1)
        put("ustar\u{0}00root", at: 257, 12)
        put("root", at: 297, 4)
        let sum = header.reduce(UInt64(0)) { $0 + UInt64($1) }
        put(Self.octal(sum, digits: 6) + "\u{0} ", at: 148, 8)
        bytes += header + contents
        bytes += [UInt8](repeating: 0, count: (Self.block - contents.count % Self.block) % Self.block)
    }

    /// The two empty blocks behind the last file.
    mutating func finish() { bytes += [UInt8](repeating: 0, count: 2 * Self.block) }

    private static func octal(_ number: UInt64, digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.count)) + text.suffix(digits)
    }
}
