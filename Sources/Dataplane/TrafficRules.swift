package import Addressing

/// The rules for --ip-masq as an nftables script: one table of our own, put in place whole or not at all. Their meaning is
/// flannel's: what stays in the cluster keeps its source address, what leaves it takes the machine's; multicast and packets
/// that somebody has marked with 0x4000 are left alone.
package struct TrafficRules: Hashable, Sendable {
    package var network: IPv4Block
    package var ownSubnet: IPv4Block

    /// In the family ip.
    package static let table = "felt"

    package init(network: IPv4Block, ownSubnet: IPv4Block) {
        self.network = network
        self.ownSubnet = ownSubnet
    }

    /// For `nft -f -`; replaces what is there.
    package var script: String { Self.removal + "\n" + tableText }

    /// Written as nft shows it.
    var tableText: String {
        """
        table ip \(Self.table) {
            chain postrtg {
                type nat hook postrouting priority srcnat; policy accept;
                meta mark & 0x00004000 == 0x00004000 return
                ip saddr \(ownSubnet) ip daddr \(network) return
                ip saddr \(network) ip daddr \(ownSubnet) return
                ip saddr != \(network) ip daddr \(ownSubnet) return
                ip saddr \(network) ip daddr != 224.0.0.0/4 masquerade fully-random
                ip saddr != \(network) ip daddr \(network) masquerade fully-random
            }
            chain forward {
                type filter hook forward priority filter; policy accept;
                ip saddr \(network) accept
                ip daddr \(network) accept
            }
        }

        """
    }

    /// Removes the table, whether it is there or not: deleting one that is missing would be an error.
    package static let removal = "add table ip \(table)\ndelete table ip \(table)\n"
}
