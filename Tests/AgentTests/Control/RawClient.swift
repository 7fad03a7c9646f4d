import ControlAPI
import Glibc
import Testing

/// A client that may do what ControlClient would not.
final class RawClient: Sendable {
    let descriptor: Int32

    init(_ path: String) throws {
        let address = try #require(UnixSocketAddress(path: path))
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let descriptor = descriptor
        try #require(address.withPointer { connect(descriptor, $0, $1) } == 0)
    }

    deinit { close(descriptor) }

    /// - Returns: how much was taken before the server closed, or the socket was full when `waits` is false.
    @discardableResult
    func write(_ bytes: some Collection<UInt8>, waits: Bool = true) -> Int {
        let bytes = Array(bytes)
        let flags = Int32(MSG_NOSIGNAL) | (waits ? 0 : Int32(MSG_DONTWAIT))
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, flags) }
            if count < 0 { break }
            sent += count
        }
        return sent
    }

    /// Writes a whole line.
    func say(_ line: String) { write((line + "\n").utf8) }

    func end() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// The next line without its break; `nil` when the server has closed.
    func line() -> String? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while read(descriptor, &byte, 1) == 1 {
            if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        return nil
    }

    /// All lines until the server closes.
    func lines() -> [String] {
        var lines: [String] = []
        while let line = line() { lines.append(line) }
        return lines
    }
}
