/// A container's network as a CNI plugin would make it: a namespace behind the node's cni0 bridge.
struct Pod: Sendable {
    let namespace: NetworkNamespace
    let address: String

    /// The command that pings once with an IP payload that must not be fragmented.
    /// - Parameter limit: seconds to wait for the answer.
    func ping(_ target: Pod, payload: Int = 56, limit: Int = 5) throws -> Command {
        try Command.run(
            namespace.inside([
                "ping", "-n", "-M", "do", "-s", "\(payload)", "-c", "1", "-W", "\(limit)", target.address,
            ]))
    }
}
