package import Addressing

/// What container runtimes are told of this node's lease.
package struct LeaseForRuntimes: Hashable, Sendable {
    package var network: IPv4Block
    package var subnet: IPv4Block
    package var mtu: UInt32
    /// feltd masquerades; otherwise the bridge plugin does, as flannel's own plugin decides it.
    package var masquerades: Bool

    package init(network: IPv4Block, subnet: IPv4Block, mtu: UInt32, masquerades: Bool) {
        self.network = network
        self.subnet = subnet
        self.mtu = mtu
        self.masquerades = masquerades
    }
}
