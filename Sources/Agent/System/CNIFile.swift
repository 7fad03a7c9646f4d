/// A CNI network configuration list (CNI specification 1.0) for the bridge, host-local and portmap plugins: what
/// --cni-conf keeps equal to the lease.
package struct CNIFile: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    /// Replaces the file in one step, if it differs.
    package func write(_ lease: LeaseForRuntimes) throws(RuntimeFileError) {
        let code = SmallFile.replace(path, with: Array(Self.text(of: lease).utf8))
        guard code == 0 else { throw RuntimeFileError(.cniConfiguration, path: path, code: code) }
    }

    package static func text(of lease: LeaseForRuntimes) -> String {
        """
        {
          "cniVersion": "1.0.0",
          "name": "felt",
          "plugins": [
            {
              "type": "bridge",
              "bridge": "cni0",
              "isGateway": true,
              "forceAddress": true,
              "hairpinMode": true,
              "ipMasq": \(!lease.masquerades),
              "mtu": \(lease.mtu),
              "ipam": {
                "type": "host-local",
                "ranges": [[{ "subnet": "\(lease.subnet)" }]],
                "routes": [{ "dst": "\(lease.network)" }, { "dst": "0.0.0.0/0" }]
              }
            },
            { "type": "portmap", "capabilities": { "portMappings": true } }
          ]
        }

        """
    }
}
