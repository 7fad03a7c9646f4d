/// How a document is written.
package enum DocumentFormat: String, CaseIterable, Sendable {
    /// All that Felt knows but keys and identities, signed as the nodes signed it.
    case felt
    /// What flannel keeps in etcd.
    case flannelEtcd = "flannel-etcd"
}
