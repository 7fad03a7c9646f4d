/// One connected client as the server sees it. Everything it may fill is bounded.
struct ControlClientState {
    let descriptor: Int32
    /// Told apart from a later client with the same descriptor.
    let number: UInt64
    var input: [UInt8] = []
    var output: [UInt8] = []
    var sent = 0
    /// The id under which it watches.
    var watch: Int64?
    var isWatching = false
    /// Requests that are not answered yet.
    var pending = 0
    /// Takes no more requests; ends when all is sent.
    var isClosing = false

    /// Answers of a slow reader that are kept; a list of a thousand leases is about 300 KB.
    static let longestOutput = 16 << 20
    static let mostPending = 16

    var unsent: Int { output.count - sent }

    mutating func append(_ line: [UInt8]) {
        if sent > 1 << 16 {
            output.removeFirst(sent)
            sent = 0
        }
        output += line
    }

    /// The next whole line; `nil` when there is none yet.
    mutating func nextLine() -> [UInt8]? {
        guard let end = input.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let line = Array(input[..<end])
        input.removeFirst(end + 1)
        return line
    }
}
