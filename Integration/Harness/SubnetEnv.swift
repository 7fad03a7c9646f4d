internal import Addressing

/// A subnet.env as flannel writes it, read back.
struct SubnetEnv: Equatable {
    let network: IPv4Block
    /// The leased subnet.
    let subnet: IPv4Block
    /// The subnet's first address: its bridge has it.
    let gateway: IPv4Address
    let mtu: Int
    let masquerade: Bool

    init(reading path: String) throws {
        try self.init(parsing: try readText(path))
    }

    /// The four lines of an IPv4 lease, in flannel's order, and nothing else.
    init(parsing text: String) throws {
        let keys = ["FLANNEL_NETWORK", "FLANNEL_SUBNET", "FLANNEL_MTU", "FLANNEL_IPMASQ"]
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 5, lines[4].isEmpty, zip(keys, lines).allSatisfy({ $1.hasPrefix($0 + "=") }) else {
            throw LabError("subnet.env is not as flannel writes it:\n\(text)")
        }
        let values = lines.prefix(4).map { $0.split(separator: "=", maxSplits: 1).last.map(String.init) ?? "" }
        let parts = values[1].split(separator: "/")
        guard parts.count == 2, let length = Int(parts[1]), let mtu = Int(values[2]),
            let masquerade = ["true": true, "false": false][values[3]]
        else { throw LabError("subnet.env has a wrong value:\n\(text)") }
        network = try IPv4Block(parsing: values[0])
        gateway = try IPv4Address(parsing: parts[0])
        guard let subnet = IPv4Block(containing: gateway, prefixLength: length),
            subnet.base.advanced(by: 1) == gateway
        else { throw LabError("FLANNEL_SUBNET is not the subnet's first address:\n\(text)") }
        self.subnet = subnet
        self.mtu = mtu
        self.masquerade = masquerade
    }
}
