internal import CNetlink
internal import Glibc

extension NetlinkSocket {
    /// Makes the changes in their order, many in a send, and waits until the kernel has made the last.
    ///
    /// Only the last of a send asks for an acknowledgement: the kernel works through a datagram in order, goes on past
    /// failures, and reports each of them unasked. So the receive buffer holds an answer for each in the worst case.
    /// - Returns: what the kernel refused, in the order of `changes`.
    /// - Throws: when the socket fails; then it is unknown which of the changes were made.
    package mutating func commit(_ changes: [KernelChange]) throws(NetlinkError) -> [ChangeFailure] {
        var failures: [ChangeFailure] = []
        var next = 0
        while next < changes.count {
            let start = next
            let first = takeSequences(min(mostRequestsPerSend, changes.count - start))
            requests.removeAll()
            while next < changes.count, next - start < mostRequestsPerSend, requests.hasRoom {
                requests.append(changes[next], sequence: first &+ UInt32(next - start))
                next += 1
            }
            requests.acknowledgeLast()
            try send("send changes")
            try awaitAnswers(to: changes[start..<next], first: first, failures: &failures)
        }
        return failures
    }

    private func awaitAnswers(
        to changes: ArraySlice<KernelChange>, first: UInt32, failures: inout [ChangeFailure]
    ) throws(NetlinkError) {
        while true {
            var messages = NetlinkMessages(try receive("read acknowledgements"))
            while let message = messages.next() {
                let position = Int(message.sequence &- first)
                guard Int32(message.type) == NLMSG_ERROR, position < changes.count else { continue }
                let (code, text) = message.errorReport()
                if code != 0 {
                    let change = changes[changes.startIndex + position]
                    failures.append(ChangeFailure(change: change, code: code, kernelText: text))
                }
                if position == changes.count - 1 { return }
            }
            if messages.isMalformed { throw NetlinkError(operation: "read acknowledgements", code: EBADMSG) }
        }
    }
}
