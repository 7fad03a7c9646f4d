internal import ControlAPI
internal import FoundationEssentials

/// Debian's CNI plugins, called as a container runtime calls them: the plugins of a configuration list one after the other,
/// each with the result of the one before it (CNI specification 1.0, section 3).
struct CNIPlugins {
    static let folder = "/usr/lib/cni"

    let node: Node
    /// The configuration list.
    let path: String

    /// Connects a namespace.
    /// - Returns: the container that it is then.
    func add(_ namespace: NetworkNamespace) throws -> Pod {
        let list = try configuration()
        var result: JSONValue?
        for plugin in list.plugins { result = try call("ADD", plugin, of: list, namespace, previous: result) }
        guard case .array(let addresses)? = result?["ips"], addresses.count == 1,
            case .string(let address)? = addresses[0]["address"], let end = address.firstIndex(of: "/")
        else { throw LabError("the plugins give no address: \(String(describing: result))") }
        return Pod(namespace: namespace, address: String(address[..<end]))
    }

    /// Takes a container away, in the reverse order.
    func delete(_ pod: Pod) throws {
        let list = try configuration()
        for plugin in list.plugins.reversed() {
            _ = try call("DEL", plugin, of: list, pod.namespace, previous: nil)
        }
    }

    private struct List {
        var version: JSONValue
        var name: JSONValue
        var plugins: [JSONValue]
    }

    private func configuration() throws -> List {
        let tree = try JSONDecoder().decode(JSONValue.self, from: Data(readText(path).utf8))
        guard let version = tree["cniVersion"], let name = tree["name"], case .array(let plugins)? = tree["plugins"],
            !plugins.isEmpty
        else { throw LabError("\(path) is no CNI configuration list") }
        return List(version: version, name: name, plugins: plugins)
    }

    private func call(
        _ command: String, _ plugin: JSONValue, of list: List, _ namespace: NetworkNamespace, previous: JSONValue?
    ) throws -> JSONValue? {
        guard case .object(var members) = plugin, case .string(let type)? = plugin["type"] else {
            throw LabError("\(path): a plugin without a type")
        }
        members += [.init("cniVersion", list.version), .init("name", list.name)]
        if let previous { members.append(.init("prevResult", previous)) }
        let input = "\(node.folder)/cni-input"
        let text = try JSONEncoder().encode(JSONValue.object(members))
        try writeText(String(decoding: text, as: UTF8.self), to: input)
        // What host-local has given out stands in /var/lib/cni: each node has its own.
        try makeFolder("\(node.folder)/var-lib")
        let script = "mount --bind \(node.folder)/var-lib /var/lib && exec \"$0\" <\(input)"
        let run = try Command.run(
            [
                "nsenter", "--net=/run/netns/\(node.namespace)", "unshare", "--mount", "sh", "-c", script,
                "\(Self.folder)/\(type)",
            ],
            environment: [
                "CNI_COMMAND": command, "CNI_CONTAINERID": namespace.name,
                "CNI_NETNS": "/run/netns/\(namespace)", "CNI_IFNAME": "eth0", "CNI_PATH": Self.folder,
            ])
        guard run.succeeded else { throw LabError("\(type) \(command) of \(namespace): \(run.report)") }
        guard !run.lines.isEmpty else { return nil }
        return try JSONDecoder().decode(JSONValue.self, from: Data(run.output.utf8))
    }
}
