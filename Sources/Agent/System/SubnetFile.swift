internal import Addressing

/// subnet.env as flannel writes it: what container runtimes read to make their bridge.
package struct SubnetFile: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    /// Replaces the file by an atomic rename: mode 0644, its folder 0755. Writes nothing when nothing changes.
    package func write(_ lease: LeaseForRuntimes) throws(RuntimeFileError) {
        let code = SmallFile.replace(path, with: Array(Self.text(of: lease).utf8))
        guard code == 0 else { throw RuntimeFileError(.subnetFile, path: path, code: code) }
    }

    package static func text(of lease: LeaseForRuntimes) -> String {
        """
        FLANNEL_NETWORK=\(lease.network)
        FLANNEL_SUBNET=\(lease.subnet.base.advanced(by: 1))/\(lease.subnet.prefixLength)
        FLANNEL_MTU=\(lease.mtu)
        FLANNEL_IPMASQ=\(lease.masquerades)

        """
    }
}
