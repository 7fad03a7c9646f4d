package import Addressing
internal import Glibc

/// subnet.env as flannel writes it: what container runtimes read to make their bridge.
package struct SubnetFile: Sendable {
    package struct Contents: Hashable, Sendable {
        package var network: IPv4Block
        package var subnet: IPv4Block
        package var mtu: UInt32
        package var masquerades: Bool

        package init(network: IPv4Block, subnet: IPv4Block, mtu: UInt32, masquerades: Bool) {
            self.network = network
            self.subnet = subnet
            self.mtu = mtu
            self.masquerades = masquerades
        }

        package var text: String {
            """
            FLANNEL_NETWORK=\(network)
            FLANNEL_SUBNET=\(subnet.base.advanced(by: 1))/\(subnet.prefixLength)
            FLANNEL_MTU=\(mtu)
            FLANNEL_IPMASQ=\(masquerades)

            """
        }
    }

    package let path: String

    package init(path: String) { self.path = path }

    /// Replaces the file by an atomic rename: mode 0644, its folder 0755. Writes nothing when nothing changes.
    package func write(_ contents: Contents) throws(SubnetFileError) {
        let code = SmallFile.replace(path, with: Array(contents.text.utf8))
        guard code == 0 else { throw SubnetFileError(path: path, code: code) }
    }
}

package struct SubnetFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package let path: String
    package let code: Int32

    package var description: String {
        "subnet file \(shownPath(path)) cannot be written: \(String(cString: strerror(code))); "
            + "make its directory writable or name another with --subnet-file"
    }
}
