internal import Addressing
internal import ControlAPI

/// The addresses that Docker and podman give out, by their files.
struct ContainerPools {
    let files: HostFiles
    /// Docker's own defaults (daemon/libnetwork/ipamutils).
    private static let dockerDefaults = [
        "172.17.0.0/16", "172.18.0.0/15", "172.20.0.0/14", "172.24.0.0/13", "192.168.0.0/16",
    ]
    /// podman's own network and the first of its pools (containers-common); the others' turn comes after two thousand.
    private static let podmanDefaults = ["10.88.0.0/16", "10.89.0.0/16", "10.90.0.0/15", "10.92.0.0/14"]

    func pools() -> [AddressPool] { docker() + podman() }

    private func docker() -> [AddressPool] {
        guard ["/etc/docker", "/usr/bin/dockerd", "/usr/sbin/dockerd"].contains(where: files.exists) else { return [] }
        let path = "/etc/docker/daemon.json"
        let settings = json(path)
        var pools: [AddressPool] = []
        for key in ["bip", "fixed-cidr"] {
            if let block = block(settings?[key]) { pools.append(.init(owner: .docker, block: block, source: path)) }
        }
        if case .array(let list)? = settings?["default-address-pools"], !list.isEmpty {
            pools += list.compactMap { block($0["base"]) }.map { .init(owner: .docker, block: $0, source: path) }
        } else {
            pools += defaults(Self.dockerDefaults, .docker)
        }
        return pools
    }

    private func podman() -> [AddressPool] {
        guard ["/usr/bin/podman", "/etc/containers/networks"].contains(where: files.exists) else { return [] }
        var pools: [AddressPool] = []
        for name in files.names("/etc/containers/networks") where name.hasSuffix(".json") {
            let path = "/etc/containers/networks/\(name)"
            guard case .array(let subnets)? = json(path)?["subnets"] else { continue }
            pools += subnets.compactMap { block($0["subnet"]) }.map { .init(owner: .podman, block: $0, source: path) }
        }
        var hasOwn = false
        for path in ["/usr/share/containers/containers.conf", "/etc/containers/containers.conf"] {
            guard let text = files.text(path) else { continue }
            for entry in INIFile(text).section("network") where entry.key.hasPrefix("default_subnet") {
                // TOML: a text, or a list of {"base" = "…", "size" = …}.
                let found = entry.value.split { !"0123456789./".contains($0) }.filter { $0.contains("/") }
                let blocks = found.compactMap { try? IPv4Block(parsing: $0) }
                pools += blocks.map { .init(owner: .podman, block: $0, source: path) }
                if entry.key == "default_subnet_pools", !blocks.isEmpty { hasOwn = true }
            }
        }
        return pools + (hasOwn ? [] : defaults(Self.podmanDefaults, .podman))
    }

    private func defaults(_ texts: [String], _ owner: AddressPool.Owner) -> [AddressPool] {
        texts.compactMap { try? IPv4Block(parsing: $0) }.map { .init(owner: owner, block: $0, source: "its default") }
    }

    private func json(_ path: String) -> JSONValue? {
        files.text(path).flatMap { try? JSONLine.decode(JSONValue.self, from: $0.utf8) }
    }

    /// A block, or an address with a length, as `bip` is.
    private func block(_ value: JSONValue?) -> IPv4Block? {
        guard case .string(let text)? = value, let slash = text.firstIndex(of: "/"),
            let address = try? IPv4Address(parsing: text[..<slash]), let length = Int(text[text.index(after: slash)...])
        else { return nil }
        return IPv4Block(containing: address, prefixLength: length)
    }
}
