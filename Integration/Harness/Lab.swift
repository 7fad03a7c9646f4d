internal import Glibc
internal import Synchronization
internal import Testing

/// A network of its own: a switch, nodes on it with an address in 192.168.50.0/24, and what runs on them.
///
/// The switch is a namespace with several bridges. Nodes whose ports are on the same bridge hear each other; a cut or a
/// partition moves ports, so carriers stay up and packets vanish silently, as behind a broken switch.
final class Lab {
    let number: Int
    let folder: String
    let keyFile: String
    let fabric: NetworkNamespace
    private(set) var nodes: [Node] = []
    private var others: [NetworkNamespace] = []
    private var bridges = 1

    private static let labs = Atomic<Int>(0)
    private static let swept: Void = Leftovers.sweep()

    /// Makes a lab, hands it to the test, and removes it whatever happens; a failure is reported with all nodes' logs.
    static func with<Result>(nodes count: Int, _ body: (Lab) async throws -> Result) async throws -> Result {
        guard getuid() == 0 else { throw LabError("the integration tests make network namespaces: run them as root") }
        _ = swept
        let lab = try Lab()
        defer { lab.remove() }
        do {
            for _ in 0..<count { try lab.addNode() }
            return try await body(lab)
        } catch {
            Issue.record("\(error)\n\(lab.report())")
            throw error
        }
    }

    private init() throws {
        number = Self.labs.add(1, ordering: .relaxed).newValue
        folder = "/tmp/\(Leftovers.prefix)\(getpid())-\(number)"
        keyFile = "\(folder)/key"
        fabric = NetworkNamespace(name: "\(Leftovers.prefix)\(getpid())-\(number)-sw")
        do {
            try makeFolder(folder)
            try writeText(Self.randomKey() + "\n", to: keyFile)
            try fabric.make()
            try addBridge(0)
            // The nodes' default route leads here; nothing answers behind it.
            try fabric.ip("addr add 192.168.50.254/24 dev br0")
        } catch {
            remove()
            throw error
        }
    }

    /// A cluster key as --key-file takes it: 32 random bytes in base64.
    static func randomKey() throws -> String {
        try Command.mustRun(["sh", "-c", "head -c 32 /dev/urandom | base64"]).lines.joined()
    }

    private func addBridge(_ index: Int) throws {
        try fabric.ip("link add br\(index) type bridge")
        try fabric.ip("link set br\(index) up")
    }

    /// One more node, on the first bridge, with address 192.168.50.<index>.
    @discardableResult func addNode() throws -> Node {
        let index = nodes.count + 1
        let node = Node(lab: self, index: index, namespace: try addHost("n\(index)", address: "192.168.50.\(index)"))
        try makeFolder(node.folder)
        nodes.append(node)
        return node
    }

    /// A namespace on the switch, without felt: an attacker, a bystander.
    @discardableResult func addHost(_ role: String, address: String) throws -> NetworkNamespace {
        let host = try addNamespace(role)
        try fabric.ip("link add p-\(role) mtu 1500 type veth peer name eth0 mtu 1500 netns \(host)")
        try fabric.ip("link set p-\(role) master br0 up")
        try host.ip("addr add \(address)/24 dev eth0")
        try host.ip("link set eth0 up")
        try host.ip("route add default via 192.168.50.254 dev eth0")
        try host.set("net/ipv4/ip_forward", to: "1")
        for scope in ["all", "default"] { try host.set("net/ipv4/conf/\(scope)/rp_filter", to: "0") }
        return host
    }

    func addNamespace(_ role: String) throws -> NetworkNamespace {
        let space = NetworkNamespace(name: "\(Leftovers.prefix)\(getpid())-\(number)-\(role)")
        others.append(space)
        try space.make()
        return space
    }

    /// Splits the network: each group of nodes hears only itself. Nodes in no group stay on the first bridge.
    func partition(_ groups: [Node]...) throws {
        for (index, group) in groups.enumerated() {
            if index >= bridges {
                try addBridge(index)
                bridges = index + 1
            }
            for node in group { try fabric.ip("link set p-n\(node.index) master br\(index)") }
        }
    }

    /// All nodes hear each other again.
    func heal() throws {
        try partition(nodes)
    }

    /// The state and the logs of all nodes, for a failure.
    func report() -> String {
        nodes.map { $0.report() }.joined(separator: "\n")
    }

    private func remove() {
        for node in nodes { node.abandon() }
        for space in others + [fabric] { space.remove() }
        _ = try? Command.run(["rm", "-rf", folder])
    }
}
