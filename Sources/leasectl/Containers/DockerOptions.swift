internal import Addressing
internal import Documents

/// What dockerd must be started with to give its containers addresses of this machine's lease, in the form of flannel's
/// mk-docker-opts.sh (flannel: dist/mk-docker-opts.sh).
struct DockerOptions: Equatable {
    /// The bridge's address: the lease's first, with its prefix length.
    private let bridge: String
    private let mtu: UInt32?
    /// Somebody else masquerades already, so dockerd must not.
    private let isMasqueraded: Bool

    /// Reads subnet.env: lines of KEY=VALUE, of which unknown ones are passed over. What is taken is checked, because a shell
    /// or systemd reads it again.
    /// - Throws: `DocumentError` naming the key.
    init(subnetFile text: String, path: String) throws(DocumentError) {
        var values: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[parts[0]] = parts[1] }
        }
        guard let subnet = values["FLANNEL_SUBNET"], Self.isAddressWithPrefix(subnet) else {
            throw DocumentError(path, at: "FLANNEL_SUBNET", "must be ADDRESS/LENGTH; name the file that feltd writes")
        }
        bridge = String(subnet)
        if let given = values["FLANNEL_MTU"] {
            guard let number = UInt32(given), (68...65_535).contains(number) else {
                throw DocumentError(path, at: "FLANNEL_MTU", "must be a number from 68 to 65535")
            }
            mtu = number
        } else {
            mtu = nil
        }
        switch values["FLANNEL_IPMASQ"] {
        case "true": isMasqueraded = true
        case "false", nil: isMasqueraded = false
        default: throw DocumentError(path, at: "FLANNEL_IPMASQ", "must be true or false")
        }
    }

    private static func isAddressWithPrefix(_ text: Substring) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let length = Int(parts[1]), "\(length)" == parts[1] else { return false }
        return (try? IPv4Address(parsing: parts[0])) != nil && (1...32).contains(length)
    }

    /// - Parameters:
    ///   - individual: a variable for each option.
    ///   - combined: the name of the variable that holds them all; `nil` leaves it out.
    ///   - former: what that variable held before; the options are appended.
    ///   - masquerading: mention --ip-masq at all.
    func environment(individual: Bool, combined: String?, former: String, masquerading: Bool) -> String {
        var options = [("DOCKER_OPT_BIP", "--bip=\(bridge)")]
        if isMasqueraded, masquerading { options.append(("DOCKER_OPT_IPMASQ", "--ip-masq=false")) }
        if let mtu { options.append(("DOCKER_OPT_MTU", "--mtu=\(mtu)")) }
        var text = ""
        if individual {
            for (name, value) in options { text += "\(name)=\"\(value)\"\n" }
        }
        if let combined {
            text += "\(combined)=\"\(former) \(options.map { $0.1 + " " }.joined())\"\n"
        }
        return text
    }
}
