internal import Addressing
internal import Agent
internal import Gossip
internal import LeaseLedger
internal import LeaseStore

/// Somebody who has the cluster's key and no feltd: makes up nodes, and speaks for them and of them.
struct KeyHolder {
    private let sealer: DatagramSealer
    private let clusterID: UInt64
    private let sender: DatagramSender
    private var counters: [NodeID: UInt32] = [:]

    /// Speaks to the node from the namespace in which it was made.
    init(of lab: Lab, to node: Node) throws {
        let cluster = try node.leasectl.status().cluster
        guard let clusterID = UInt64(cluster, radix: 16) else { throw LabError("\(cluster) is no cluster's identity") }
        self.clusterID = clusterID
        sealer = DatagramSealer(ring: try KeyFile(path: lab.keyFile).read())
        sender = try DatagramSender(to: node.address, port: 8473)
    }

    /// A record whose signature holds, of a node at an address where nobody is.
    func madeUp(_ number: Int) -> SignedRecord {
        let identity = NodeIdentity()
        let address = AnyIPAddress.v4(IPv4Address(bits: 0xC612_0001 + UInt32(number)))
        let record = NodeRecord(
            nodeID: identity.nodeID, publicKey: identity.publicKey, version: RecordVersion(sequence: 1, runNonce: 1),
            name: "made-up-\(number)", fingerprint: 0, endpoint: Endpoint(address: address, port: 8473),
            publicIP: address, backend: .vxlan(vni: 1, vtepMAC: MACAddress(locallyAdministered: UInt64(number) << 8)),
            software: "lie")
        return SignedRecord(record) { [clusterID] in identity.sign($0, clusterID: clusterID) }
    }

    /// One datagram of `speaker`'s about another node, which is said to be alive.
    mutating func say(_ record: SignedRecord, as speaker: SignedRecord) {
        counters[speaker.nodeID, default: 0] += 1
        let header = DatagramHeader(
            clusterID: clusterID, sender: speaker.nodeID, incarnation: 1, runNonce: 1,
            counter: counters[speaker.nodeID, default: 0])
        let message = GossipMessage.record(record, liveness: .alive, incarnation: 1)
        let datagram = Datagram(header: header, messages: [message]).encoded()
        // A signature takes the node longer than a datagram takes us.
        sender.send(sealer.seal(datagram), pause: 400)
    }
}
