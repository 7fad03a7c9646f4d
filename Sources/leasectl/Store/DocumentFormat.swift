import ArgumentParser

/// How a document is written.
enum DocumentFormat: String, ExpressibleByArgument, CaseIterable {
    /// All that Felt knows but keys and identities, signed as the nodes signed it.
    case felt
    /// What flannel keeps in etcd.
    case flannelEtcd = "flannel-etcd"
}
