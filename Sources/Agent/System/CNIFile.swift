package import Addressing
internal import Glibc

/// A CNI network configuration list (CNI specification 1.0) for the bridge, host-local and portmap plugins: what
/// --cni-conf keeps equal to the lease.
package struct CNIFile: Sendable {
    package struct Contents: Hashable, Sendable {
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

        package var text: String {
            """
            {
              "cniVersion": "1.0.0",
              "name": "felt",
              "plugins": [
                {
                  "type": "bridge",
                  "bridge": "cni0",
                  "isGateway": true,
                  "hairpinMode": true,
                  "ipMasq": \(!masquerades),
                  "mtu": \(mtu),
                  "ipam": {
                    "type": "host-local",
                    "ranges": [[{ "subnet": "\(subnet)" }]],
                    "routes": [{ "dst": "\(network)" }, { "dst": "0.0.0.0/0" }]
                  }
                },
                { "type": "portmap", "capabilities": { "portMappings": true } }
              ]
            }

            """
        }
    }

    package let path: String

    package init(path: String) { self.path = path }

    /// Replaces the file in one step, if it differs.
    package func write(_ contents: Contents) throws(CNIFileError) {
        let code = SmallFile.replace(path, with: Array(contents.text.utf8))
        guard code == 0 else { throw CNIFileError(path: path, code: code) }
    }
}

package struct CNIFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package let path: String
    package let code: Int32

    package var description: String {
        "CNI configuration \(shownPath(path)) cannot be written: \(String(cString: strerror(code))); "
            + "make its directory writable or name another with --cni-conf"
    }
}
