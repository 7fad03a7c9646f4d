/// A picture, as far as its header tells (PNG §5.2, §11.2.2).
struct PNGFile {
    let width: Int
    let height: Int
    let bytes: Int

    init(_ path: String) throws {
        let output = try Command.mustRun(["od", "-An", "-v", "-tu1", "-N24", path]).output
        let header = output.split { $0 == " " || $0 == "\n" }.compactMap { Int($0) }
        guard header.count == 24, Array(header[..<8]) == [137, 80, 78, 71, 13, 10, 26, 10] else {
            throw LabError("\(path) is no PNG")
        }
        func number(_ offset: Int) -> Int { header[offset..<offset + 4].reduce(0) { $0 << 8 | $1 } }
        width = number(16)
        height = number(20)
        bytes = Int(try Command.mustRun(["stat", "-c", "%s", path]).lines.first ?? "") ?? 0
    }
}
