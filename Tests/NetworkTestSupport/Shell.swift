internal import Glibc

/// Runs a command in the namespace of this thread and gives what it wrote, trailing blanks cut from each line.
@discardableResult
package func shell(_ command: String) throws -> String {
    guard let pipe = popen("{ \(command)\n} 2>&1", "re") else { throw ShellFailure("\(command): no shell") }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = fread(&buffer, 1, buffer.count, pipe)
        if count == 0 { break }
        output += buffer[..<count]
    }
    let status = pclose(pipe)
    let text = String(decoding: output, as: UTF8.self)
    guard status == 0 else { throw ShellFailure("\(command): \(text)") }
    return text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { String($0.reversed().drop { $0 == " " }.reversed()) }.joined(separator: "\n")
}

/// What a test needed and did not get.
package struct ShellFailure: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
