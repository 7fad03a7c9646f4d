/// A VXLAN device as `ip -d link` shows it, in one line, without its index and name.
enum OverlayDevice {
    /// Up to the offload limits, which are the kernel's business.
    static func observed(_ device: String, in space: NetworkNamespace) throws -> String {
        let words = try space.ip("-d -o link show dev \(device)").output.split(whereSeparator: { " \\\n".contains($0) })
        return words.drop { !$0.hasPrefix("<") }.prefix { $0 != "gso_max_size" }.joined(separator: " ")
    }

    /// What flannel 0.28.9 leaves on an interface of 1500 bytes with its default network configuration.
    static func groundTruth(mac: String, local: String) -> String {
        "<BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN mode DEFAULT group default "
            + "link/ether \(mac) brd ff:ff:ff:ff:ff:ff promiscuity 0 allmulti 0 minmtu 68 maxmtu 65535 "
            + "vxlan id 1 local \(local) dev eth0 srcport 0 0 dstport 8472 nolearning ttl auto ageing 300 "
            + "udpcsum noudp6zerocsumtx noudp6zerocsumrx addrgenmode eui64 numtxqueues 1 numrxqueues 1"
    }
}
