/// One change of a batch that the kernel refused. The others of the batch are not affected.
package struct ChangeFailure: Hashable, Sendable, CustomStringConvertible {
    package var change: KernelChange
    /// The positive errno.
    package var code: Int32
    /// The kernel's own words, if it had any.
    package var kernelText: String?

    package init(change: KernelChange, code: Int32, kernelText: String? = nil) {
        self.change = change
        self.code = code
        self.kernelText = kernelText
    }

    /// Why, without the object: the kernel's words and the errno's text.
    package var reason: String { NetlinkError.explain(code: code, kernelText: kernelText) }

    package var description: String { "\(change): \(reason)" }
}
