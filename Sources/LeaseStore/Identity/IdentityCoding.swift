/// The identity file's text, format 1:
///
///     felt-identity 1
///     private-key <64 hexadecimal digits>
///     fingerprint <16 hexadecimal digits>
///     checksum <16 hexadecimal digits: FNV-1a, 64 bit, of the lines above>
extension Identity {
    enum CodingFailure: Error, Equatable {
        case damaged(String)
        case newerFormat(String)
    }

    private static let magic = "felt-identity "
    private static let format = "1"

    var encoded: [UInt8] {
        let key = privateKey.map { hexadecimal($0, digits: 2) }.joined()
        let lines = """
            \(Self.magic)\(Self.format)
            private-key \(key)
            fingerprint \(hexadecimal(fingerprint, digits: 16))

            """
        return Array("\(lines)checksum \(hexadecimal(fnv1a(lines.utf8), digits: 16))\n".utf8)
    }

    init(encoded: [UInt8]) throws(CodingFailure) {
        guard let text = String(validating: encoded, as: UTF8.self) else { throw .damaged("it is not text") }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first, first.hasPrefix(Self.magic) else {
            throw .damaged("it does not begin with \"felt-identity\"")
        }
        let format = first.dropFirst(Self.magic.count)
        guard format == Self.format else {
            // Another format is believable only as a small number: anything else is a damaged "1".
            guard format.utf8.count <= 3, let number = UInt8(format), number > 1 else { throw .damaged("no format") }
            throw .newerFormat(String(format))
        }
        guard lines.count == 5, lines[4].isEmpty else { throw .damaged("it is not four lines") }
        let summed = lines[..<3].joined(separator: "\n") + "\n"
        guard let checksum = Self.field("checksum", lines[3], digits: 16).flatMap({ UInt64($0, radix: 16) }),
            checksum == fnv1a(summed.utf8)
        else { throw .damaged("its checksum does not fit its contents") }
        guard let key = Self.field("private-key", lines[1], digits: 64).flatMap({ bytes(hexadecimal: $0) }),
            let fingerprint = Self.field("fingerprint", lines[2], digits: 16).flatMap({ UInt64($0, radix: 16) }),
            let identity = Identity(privateKey: key, fingerprint: fingerprint)
        else { throw .damaged("a field is missing") }
        self = identity
    }

    private static func field(_ name: String, _ line: Substring, digits: Int) -> Substring? {
        guard line.hasPrefix(name + " ") else { return nil }
        let value = line.dropFirst(name.count + 1)
        guard value.utf8.count == digits, value.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        else { return nil }
        return value
    }
}
