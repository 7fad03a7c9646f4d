internal import Addressing
internal import Dataplane
internal import Glibc
internal import LeaseLedger
internal import Netlink

/// The namespace's underlay (eth0 192.168.50.1/24, nobody behind it), a folder, and the peers of the measurements.
struct Scene {
    let folder: String
    let underlay: Underlay

    static let mac = MACAddress(locallyAdministered: 0x2AA0_0000_0001)

    init() throws {
        var template = Array("/tmp/felt-bench-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw BenchFailure(call: "mkdtemp", code: errno) }
        folder = String(cString: made)
        try shell(
            """
            set -e
            ip link set lo up
            ip link add eth0 type veth peer name peer0
            ip addr add 192.168.50.1/24 dev eth0
            ip link set eth0 up; ip link set peer0 up
            ip route add default via 192.168.50.254 dev eth0
            """)
        var socket = try NetlinkSocket()
        guard let link = try socket.link(named: "eth0") else { throw BenchFailure("eth0 is not there") }
        underlay = Underlay(
            interfaceIndex: link.index, name: link.name, address: try IPv4Address(parsing: "192.168.50.1"),
            mtu: link.mtu)
    }

    func remove() { _ = succeeds("rm -rf \(folder)") }

    // MARK: Peers, as bare.c has them

    static func subnet(_ peer: Int) -> IPv4Block { block(0x0A80_0100 + UInt32(peer) << 8) }

    static var ownSubnet: IPv4Block { block(0x0A80_0000) }

    private static func block(_ base: UInt32) -> IPv4Block {
        guard let block = IPv4Block(containing: IPv4Address(bits: base), prefixLength: 24) else {
            preconditionFailure("a prefix of 24 fits IPv4")
        }
        return block
    }

    static func endpoint(_ peer: Int, changed: Bool = false) -> IPv4Address {
        IPv4Address(bits: (changed ? 0xC613_0001 : 0xC612_0001) + UInt32(peer))
    }

    static func mac(_ peer: Int, changed: Bool = false) -> MACAddress {
        MACAddress(locallyAdministered: UInt64(peer + (changed ? 1 << 20 : 0)))
    }

    static func lease(_ peer: Int, changed: Bool = false) -> PeerLease {
        PeerLease(
            nodeID: NodeID(bits: UInt128(peer + 1)), subnet: subnet(peer),
            publicIP: .v4(endpoint(peer, changed: changed)),
            backend: .vxlan(vni: 1, vtepMAC: mac(peer, changed: changed)))
    }

    /// Up to 1,023 peers in a network of 1,024 subnets, whose routes have no metric; more in one of 32,768, whose have.
    static func settings(peers: Int) throws -> NetworkSettings {
        let network = try IPv4Block(parsing: peers < 1024 ? "10.128.0.0/14" : "10.128.0.0/9")
        return NetworkSettings(
            pool: try SubnetPool(network: network, subnetLength: 24, subnetMin: network.base))
    }

    static func hasMetrics(peers: Int) -> Bool { peers >= 1024 }

    // MARK: Kernel

    /// Removes the device and everything on it.
    func clear() { _ = succeeds("ip link del flannel.1; ip route flush proto 70") }

    /// Makes an empty device by hand and gives its index.
    func makeDevice() throws -> Int32 {
        clear()
        try shell(
            """
            set -e
            ip link add flannel.1 mtu 1450 address \(Self.mac) txqueuelen 0 type vxlan id 1 local \(underlay.address) \
                dev eth0 dstport 8472 nolearning
            ip addr add \(Self.ownSubnet.base)/32 dev flannel.1
            ip link set flannel.1 up
            """)
        var socket = try NetlinkSocket()
        guard let link = try socket.link(named: "flannel.1") else { throw BenchFailure("flannel.1 is not there") }
        return link.index
    }

    /// How many routes, neighbours and forwarding entries of ours there are.
    func count() throws -> (routes: Int, neighbours: Int, forwarding: Int) {
        var socket = try NetlinkSocket()
        let routes = try socket.routes(routeProtocol: DesiredState.routeProtocol).count
        guard let device = try socket.link(named: "flannel.1") else { return (routes, 0, 0) }
        return (
            routes, try socket.neighbours(of: device.index).count { ObservedState.isOurs($0) },
            try socket.forwardingEntries(of: device.index).count { ObservedState.isOurs($0) }
        )
    }

    func isComplete(_ peers: Int) throws -> Bool { try count() == (peers, peers, peers) }
}
