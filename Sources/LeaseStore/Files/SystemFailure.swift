internal import Glibc

/// A system call that failed, with the kernel's reason.
package struct SystemFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let call: String
    /// errno.
    package let code: Int32

    package init(call: String, code: Int32) {
        self.call = call
        self.code = code
    }

    package var description: String { "\(call): \(String(cString: strerror(code)))" }
}

/// Repeats a system call that a signal interrupted; any other failure is thrown.
@discardableResult
func system(_ call: String, _ body: () -> Int) throws(SystemFailure) -> Int {
    while true {
        let result = body()
        if result >= 0 { return result }
        let code = errno
        if code != EINTR { throw SystemFailure(call: call, code: code) }
    }
}
