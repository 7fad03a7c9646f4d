internal import Glibc

/// A failure of the netlink socket, or the kernel's refusal of one request.
package struct NetlinkError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A positive errno.
    package var code: Int32
    /// What was asked for, as a person names it: "route 10.244.1.0/24", "dump of links".
    package var object: String
    /// The kernel's extended acknowledgement, if it sent one (NETLINK_EXT_ACK).
    package var kernelText: String?

    package init(code: Int32, object: String, kernelText: String? = nil) {
        self.code = code
        self.object = object
        self.kernelText = kernelText
    }

    /// The kernel's own words.
    package var message: String {
        let words = String(cString: strerror(code))
        return kernelText.map { "\($0) (\(words))" } ?? words
    }

    package var description: String {
        let hint = code == EPERM ? "; run as root or grant CAP_NET_ADMIN" : ""
        return "\(object): \(message)\(hint)"
    }
}
