package import Addressing
internal import Gossip
package import LeaseLedger

/// What is done to machines: they are added, started, stopped, paused, moved, copied.
extension SimulatedCluster {
    /// Adds a machine that has never run.
    @discardableResult
    package mutating func addNode() -> Int {
        let index = nodes.count
        let endpoint = Endpoint(address: .v4(IPv4Address(bits: 0xC0A8_0000 + UInt32(index) + 1)), port: 8473)
        nodes.append(
            SimulatedNode(
                index: index, identity: newIdentity(), endpoint: endpoint,
                disk: SimulatedNode.Disk(own: nil, reserved: 0)))
        indexes[endpoint] = index
        return index
    }

    private mutating func newIdentity() -> LeaseLedger.Identity {
        LeaseLedger.Identity(
            clusterID: 1, nodeID: NodeID(bits: UInt128(random.next()) << 64 | UInt128(random.next())),
            publicKey: Array(repeating: 0, count: 32), runNonce: 0, sign: { _ in Array(repeating: 0, count: 64) })
    }

    /// Starts a node from what its disk holds.
    /// - Parameter seeds: the indexes of the nodes that it is told to join.
    package mutating func start(_ index: Int, seeds: [Int], settings named: NetworkSettings? = nil) {
        let first = nodes[index].disk.reserved
        nodes[index].disk.reserved += 1 << 16
        let gossip = Gossip(
            configuration: configuration(of: index, from: first, hasSeeds: !seeds.isEmpty, named),
            restored: nodes[index].disk.peers.sorted { $0.record.nodeID < $1.record.nodeID })
        nodes[index].process = SimulatedNode.Process(gossip)
        nodes[index].disk.peers = []
        nodes[index].run += 1
        nodes[index].seeds = seeds
        nodes[index].scheduledTick = nil
        nodes[index].pausedUntil = nil
        nodes[index].isMachineUp = true
        give(.start, to: index)
    }

    private mutating func configuration(
        of index: Int, from first: UInt64, hasSeeds: Bool, _ named: NetworkSettings?
    ) -> GossipConfiguration {
        let node = nodes[index]
        var identity = node.identity
        identity.runNonce = random.next()
        var own =
            node.disk.own?.record.record
            ?? NodeRecord(
                nodeID: identity.nodeID, publicKey: identity.publicKey,
                version: RecordVersion(sequence: 0, runNonce: 0), name: "n\(index)", fingerprint: UInt64(index),
                endpoint: node.endpoint, publicIP: node.endpoint.address,
                backend: .vxlan(vni: 1, vtepMAC: MACAddress(locallyAdministered: UInt64(index))), software: "sim")
        own.version.sequence = max(first, own.version.sequence)
        own.endpoint = node.endpoint
        own.publicIP = node.endpoint.address
        let agreed = node.disk.settings
        let backend = own.backend
        var configuration = GossipConfiguration(
            identity: identity, own: own, reserved: node.disk.reserved, hint: node.disk.own?.hint,
            offer: SettingsOffer(settings: agreed ?? named ?? settings, agreed: agreed != nil, named: 1),
            differences: { $0 == named ?? $0 ? [] : ["settings differ"] },
            verifyRecord: { _ in true }, verifyRevocation: { _ in true }, backend: { _ in backend },
            hasSeeds: hasSeeds, randomSeed: random.next())
        configuration.sharedRecord = { [pool] in pool.record($0, $1) }
        return configuration
    }

    /// The disk as it is now, the lazily written peers included.
    package func disk(of index: Int) -> SimulatedNode.Disk {
        var disk = nodes[index].disk
        if let process = nodes[index].process { disk.peers = process.gossip.storedMembers }
        return disk
    }

    /// SIGKILL: all that was not on the disk is gone. With `power`, the whole machine falls silent.
    package mutating func kill(_ index: Int, power: Bool = false) {
        nodes[index].disk = disk(of: index)
        nodes[index].process = nil
        nodes[index].backlog = []
        nodes[index].isMachineUp = !power
        observe(index)
    }

    /// SIGTERM.
    package mutating func stop(_ index: Int) {
        give(.leave, to: index)
        kill(index)
    }

    /// SIGSTOP for a while.
    package mutating func pause(_ index: Int, for span: Duration) {
        nodes[index].pausedUntil = now + span
        nodes[index].isSpared = false
        queue.add(.resume(index), at: now + span)
    }

    mutating func resume(_ index: Int) {
        guard let until = nodes[index].pausedUntil, until <= now else { return }
        nodes[index].pausedUntil = nil
        nodes[index].scheduledTick = nil
        let backlog = nodes[index].backlog
        nodes[index].backlog = []
        give(.datagrams(backlog), to: index)
        give(.tick, to: index)
    }

    package mutating func setDisk(_ index: Int, _ disk: SimulatedNode.Disk) { nodes[index].disk = disk }

    /// Whatever is said of this node from now on may be right: it is being cut off or stopped.
    package mutating func expectFailure(of index: Int) { nodes[index].isSpared = false }

    /// Gives a node another address, while it runs or not.
    package mutating func move(_ index: Int, to endpoint: Endpoint) {
        indexes[nodes[index].endpoint] = nil
        indexes[endpoint] = index
        nodes[index].endpoint = endpoint
        guard let backend = ownRecord(of: index)?.backend else { return }
        give(.ledger(.located(endpoint: endpoint, publicIP: endpoint.address, backend: backend)), to: index)
    }

    private func ownRecord(of index: Int) -> NodeRecord? {
        nodes[index].process?.gossip.ledger?.table[nodes[index].identity.nodeID]?.record
    }

    /// The machine's VXLAN device has the address of another's.
    package mutating func copyTunnelAddress(of original: Int, to index: Int) {
        let theirs = nodes[original].process?.gossip.ledger?.own ?? nodes[original].disk.own?.record.record
        guard let own = nodes[index].process?.gossip.ledger?.own, let theirs else { return }
        give(
            .ledger(.located(endpoint: own.endpoint, publicIP: own.publicIP, backend: theirs.backend)), to: index)
    }

    /// A machine whose disk is a copy of another's, identity included.
    package mutating func clone(_ index: Int) -> Int {
        let copy = addNode()
        nodes[copy].identity = nodes[index].identity
        nodes[copy].disk = disk(of: index)
        return copy
    }

    /// As the daemon does when another machine lives under its identity: a new one, and no claim.
    mutating func renewIdentity(_ index: Int) {
        var disk = disk(of: index)
        disk.own = nil
        disk.reserved = 0
        nodes[index].identity = newIdentity()
        nodes[index].wantsNewIdentity = false
        nodes[index].disk = disk
        start(index, seeds: nodes[index].seeds)
    }

    /// Starts all machines as a cluster that has been running for days: each holds a subnet, all know all.
    package mutating func startSettled() {
        for index in nodes.indices {
            let identity = nodes[index].identity
            var record = NodeRecord(
                nodeID: identity.nodeID, publicKey: identity.publicKey,
                version: RecordVersion(sequence: 1, runNonce: 1), name: "n\(index)", fingerprint: UInt64(index),
                endpoint: nodes[index].endpoint, publicIP: nodes[index].endpoint.address,
                backend: .vxlan(vni: 1, vtepMAC: MACAddress(locallyAdministered: UInt64(index))), software: "sim")
            record.claim = settings.pool.subnet(at: index).map {
                Claim(subnet: $0, claimClass: .confirmed, tenure: 20, epoch: UInt64(index) + 1)
            }
            let signed = SignedRecord(record, sign: identity.sign)
            nodes[index].disk.own = OwnCommit(record: signed, reserved: 2, hint: record.claim?.subnet)
            nodes[index].disk.reserved = 2
            nodes[index].disk.settings = settings
            start(index, seeds: [])
        }
        run(for: .milliseconds(10))
        let published = nodes.compactMap { node -> StoredMember? in
            guard let gossip = node.gossip, let record = gossip.ledger?.table[node.identity.nodeID] else { return nil }
            return StoredMember(record: record, incarnation: gossip.incarnation)
        }
        let cluster = SettledCluster(published, at: now, seed: random.next())
        for index in nodes.indices {
            nodes[index].process?.gossip.join(cluster)
            nodes[index].scheduledTick = nil
            observe(index)
            schedule(index)
        }
    }
}
