internal import Addressing

/// flannel's net-conf.json, the file of --net-conf. Its keys match whatever their case, as in flannel; unlike there, an
/// unknown key is an error, because it is most often a misspelt one.
enum NetConfFile {
    static func settings(_ path: String, named flag: String = "--net-conf") throws(ConfigurationError)
        -> [Setting: NamedValue]
    {
        var settings: [Setting: NamedValue] = [:]
        for member in try members(ConfigurationFile.object(path, named: flag), path) {
            switch member.lowercased {
            case "network": settings[.network] = try member.value(for: .network)
            case "subnetlen": settings[.subnetLen] = try member.value(for: .subnetLen)
            case "subnetmin": settings[.subnetMin] = try member.value(for: .subnetMin)
            case "subnetmax": settings[.subnetMax] = try member.value(for: .subnetMax)
            case "enableipv4":
                if member.content != .bool(true) { throw member.error("IPv4 cannot be turned off; write true") }
            case "enableipv6":
                guard member.content == .bool(false) else {
                    throw member.error("IPv6 subnets are not supported yet; write false or leave it out")
                }
            case "enablenftables":
                guard case .bool = member.content else {
                    throw member.error("has the wrong type; write \(Setting.Kind.flag.rawValue)")
                }
            case "ipv6network", "ipv6subnetlen", "ipv6subnetmin", "ipv6subnetmax":
                throw member.error("IPv6 subnets are not supported yet; leave it out")
            case "backend": try readBackend(member, path, into: &settings)
            default:
                throw member.error(
                    "unknown key; known are Network, SubnetLen, SubnetMin, SubnetMax, EnableIPv4, Backend")
            }
        }
        guard settings[.network] != nil else {
            throw ConfigurationError(
                "\(flag) \(shownPath(path))", "has no \"Network\"; add one such as \"Network\": \"10.244.0.0/16\"")
        }
        return settings
    }

    private static func readBackend(
        _ backend: Member, _ path: String, into settings: inout [Setting: NamedValue]
    ) throws(ConfigurationError) {
        guard case .object(let content) = backend.content else {
            throw backend.error("must be an object such as {\"Type\": \"vxlan\"}")
        }
        let parts = try members(content, path, inside: " in Backend")
        // The type first: a backend that Felt lacks has keys that Felt lacks, and those are not the trouble.
        if let type = parts.first(where: { $0.lowercased == "type" }) {
            let value = try type.value(for: .backend)
            _ = try ConfigurationReader(named: value).backend()
            settings[.backend] = value
        }
        for part in parts {
            switch part.lowercased {
            case "type": continue
            case "vni": settings[.vni] = try part.value(for: .vni)
            // flannel writes 0 for the kernel's port and for the interface's MTU.
            case "port": if part.content != .number(0) { settings[.vxlanPort] = try part.value(for: .vxlanPort) }
            case "mtu": if part.content != .number(0) { settings[.mtu] = try part.value(for: .mtu) }
            case "directrouting": settings[.directRouting] = try part.value(for: .directRouting)
            case "gbp": settings[.gbp] = try part.value(for: .gbp)
            case "learning": settings[.learning] = try part.value(for: .learning)
            default:
                throw part.error("unknown key; known are Type, VNI, Port, MTU, DirectRouting, GBP, Learning")
            }
        }
    }

    /// A key as written, and what stands there.
    private struct Member {
        let lowercased: String
        let input: String
        let content: JSONScalar

        func value(for setting: Setting) throws(ConfigurationError) -> NamedValue {
            NamedValue(input: input, values: try content.texts(for: setting, input))
        }

        func error(_ problem: String) -> ConfigurationError { ConfigurationError(input, problem) }
    }

    /// In the order of the keys, so that of two errors the same one shows each time.
    private static func members(
        _ object: [String: JSONScalar], _ path: String, inside place: String = ""
    ) throws(ConfigurationError) -> [Member] {
        var seen: Set<String> = []
        var members: [Member] = []
        for (key, content) in object.sorted(by: { $0.key < $1.key }) {
            let input = "\(quoted(key))\(place) in \(shownPath(path))"
            guard seen.insert(key.lowercased()).inserted else {
                throw ConfigurationError(input, "is there twice, in different case; remove one")
            }
            members.append(Member(lowercased: key.lowercased(), input: input, content: content))
        }
        return members
    }
}
