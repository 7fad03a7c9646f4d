/// A container's network as a CNI plugin would make it: a namespace behind the node's cni0 bridge.
struct Pod: Sendable {
    let namespace: NetworkNamespace
    let address: String

    /// The command that pings once with an IP payload that must not be fragmented.
    func ping(_ target: Pod, payload: Int = 56, count: Int = 1) throws -> Command {
        try Command.run(
            namespace.inside([
                "ping", "-n", "-M", "do", "-s", "\(payload)", "-c", "\(count)", "-i", "0.05", "-W", "5", target.address,
            ]))
    }
}
