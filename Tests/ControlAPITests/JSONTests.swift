import Testing

@testable import ControlAPI

@Suite struct JSONTests {
    @Test func `text is one line or indented`() {
        let value = JSONValue.object([.init("a", .array([.number(1), .null])), .init("b", .object([]))])
        #expect(value.line == #"{"a":[1,null],"b":{}}"#)
        #expect(value.pretty == "{\n  \"a\": [\n    1,\n    null\n  ],\n  \"b\": {}\n}")
    }

    @Test func `what could steer a terminal is escaped`() {
        let value = JSONValue.string("\u{1B}[2J\u{7}\u{202E}\u{9B}é\n\"\\")
        #expect(value.line == #""\u001b[2J\u0007\u202e\u009bé\n\"\\""#)
    }

    @Test func `numbers keep their digits, and what is no number is null`() throws {
        #expect(try JSONValue(encoding: [UInt64.max]).line == "[18446744073709551615]")
        #expect(try JSONValue(encoding: [1.0, 0.5, .infinity, .nan]).line == "[1,0.5,null,null]")
        #expect(
            try JSONLine.decode(JSONValue.self, from: "18446744073709551615".utf8) == .number("18446744073709551615"))
    }

    @Test(arguments: 0..<200)
    func `any tree survives the way`(seed: UInt64) throws {
        var random = Seeded(state: seed)
        let tree = Self.tree(depth: 4, &random)
        #expect(try JSONLine.decode(JSONValue.self, from: tree.line.utf8) == tree, "seed \(seed)")
        #expect(try JSONLine.decode(JSONValue.self, from: tree.pretty.utf8) == tree, "seed \(seed)")
    }

    @Test(arguments: 0..<500)
    func `bytes that are no request are refused, never a crash`(seed: UInt64) {
        var random = Seeded(state: seed)
        var line = Array(#"{"id":1,"method":"get","params":{"node":"a","x":[1,-2e9,"\u00e9"]}}"#.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            line[Int.random(in: line.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        if seed % 3 == 0 { line.removeLast(Int.random(in: 1..<line.count, using: &random)) }
        do throws(ControlError) {
            _ = try ControlRequest(line: line)
        } catch {
            #expect(error.code == .badRequest, "seed \(seed)")
        }
    }

    @Test func `a request nested beyond reason is refused`() {
        let line =
            Array(#"{"id":1,"method":"list","params":"#.utf8) + Array(repeating: UInt8(ascii: "["), count: 60_000)
        #expect(throws: ControlError.self) { try ControlRequest(line: line) }
    }

    /// Members sorted and unlike, as decoding gives them; no number that could be written in two ways.
    private static func tree(depth: Int, _ random: inout Seeded) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .number(Int64.random(in: .min ... .max, using: &random))
        case 3:
            let scalars = (0..<Int.random(in: 0...8, using: &random)).compactMap { _ in
                Unicode.Scalar(
                    UInt32.random(in: 0...0x10FFFF, using: &random) >> UInt32.random(in: 0...16, using: &random))
            }
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars)
            return .string(text)
        case 4:
            return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in tree(depth: depth - 1, &random) })
        default:
            return .object(
                (0..<Int.random(in: 0...3, using: &random)).map { .init("k\($0)", tree(depth: depth - 1, &random)) })
        }
    }
}

/// SplitMix64.
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
