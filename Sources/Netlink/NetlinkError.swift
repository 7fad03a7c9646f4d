internal import Glibc

/// A request the kernel refused, or a netlink socket that failed.
package struct NetlinkError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was being done, for people: "dump routes".
    package var operation: String
    /// The positive errno.
    package var code: Int32
    /// The kernel's own words (NLMSGERR_ATTR_MSG, linux/netlink.h), if it had any.
    package var kernelText: String?

    package init(operation: String, code: Int32, kernelText: String? = nil) {
        self.operation = operation
        self.code = code
        self.kernelText = kernelText
    }

    /// The receive buffer overflowed: what was read is incomplete.
    package var isOverrun: Bool { code == ENOBUFS }

    package var description: String {
        "cannot \(operation): \(NetlinkError.explain(code: code, kernelText: kernelText))"
    }

    /// "kernel text (No such device)", or the errno's text alone.
    static func explain(code: Int32, kernelText: String?) -> String {
        let plain = strerror(code).map { String(cString: $0) } ?? "errno \(code)"
        return kernelText.map { "\($0) (\(plain))" } ?? plain
    }
}
