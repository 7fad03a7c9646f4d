package import Addressing
package import Gossip
package import LeaseLedger

/// Any number of nodes on virtual time, each running the daemon's own code. The same seed gives the same run.
package struct SimulatedCluster {
    private enum Event {
        case datagram([UInt8], from: Endpoint, to: Endpoint)
        case tick(Int)
        case committed(Int, run: Int, OwnCommit)
        case resume(Int)
        case resolved(Int, run: Int)
    }

    package private(set) var now = Instant.zero
    package private(set) var nodes: [SimulatedNode] = []
    package var network = Network()
    /// From the effect to the disk's answer.
    package var commitTime = Duration.milliseconds(2)
    package private(set) var random: SplitMix64
    package private(set) var datagrams = 0
    package private(set) var bytes = 0
    /// A hash of everything delivered: equal runs have equal traces.
    package private(set) var trace: UInt64 = 0

    package let seed: UInt64
    package let settings: NetworkSettings
    private var queue = EventQueue<Event>()
    private var indexes: [Endpoint: Int] = [:]

    package init(seed: UInt64, settings: NetworkSettings) {
        self.seed = seed
        self.settings = settings
        random = SplitMix64(seed: seed)
    }

    /// Adds a machine that has never run.
    @discardableResult
    package mutating func addNode() -> Int {
        let index = nodes.count
        let nodeID = NodeID(bits: UInt128(random.next()) << 64 | UInt128(random.next()))
        let endpoint = Endpoint(
            address: .v4(IPv4Address(bits: 0xC0A8_0000 + UInt32(index) + 1)), port: 8473)
        let identity = LeaseLedger.Identity(
            clusterID: 1, nodeID: nodeID, publicKey: Array(repeating: 0, count: 32), runNonce: 0,
            sign: { _ in Array(repeating: 0, count: 64) })
        nodes.append(
            SimulatedNode(
                index: index, identity: identity, endpoint: endpoint, disk: SimulatedNode.Disk(own: nil, reserved: 0)))
        indexes[endpoint] = index
        return index
    }

    /// Starts a node from what its disk holds.
    /// - Parameter seeds: the indexes of the nodes that it is told to join.
    package mutating func start(_ index: Int, seeds: [Int], settings named: NetworkSettings? = nil) {
        var node = nodes[index]
        var identity = node.identity
        identity.runNonce = random.next()
        let first = node.disk.reserved
        node.disk.reserved += 1 << 16
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
        let configuration = GossipConfiguration(
            identity: identity, own: own, reserved: node.disk.reserved, hint: node.disk.own?.hint,
            offer: SettingsOffer(settings: agreed ?? named ?? settings, agreed: agreed != nil, named: 1),
            differences: { $0 == named ?? $0 ? [] : ["settings differ"] },
            verifyRecord: { _ in true }, verifyRevocation: { _ in true }, backend: { _ in backend },
            hasSeeds: !seeds.isEmpty,
            randomSeed: random.next())
        node.gossip = Gossip(
            configuration: configuration,
            restored: Array(
                node.disk.peers.values.sorted {
                    $0.record.nodeID < $1.record.nodeID
                }))
        node.run += 1
        node.seeds = seeds
        node.scheduledTick = nil
        node.pausedUntil = nil
        nodes[index] = node
        give(.start, to: index)
    }

    /// SIGKILL: all that was not on the disk is gone.
    package mutating func kill(_ index: Int) { nodes[index].gossip = nil }

    /// SIGTERM.
    package mutating func stop(_ index: Int) {
        give(.leave, to: index)
        nodes[index].gossip = nil
    }

    /// SIGSTOP for a while.
    package mutating func pause(_ index: Int, for span: Duration) {
        nodes[index].pausedUntil = now + span
        queue.add(.resume(index), at: now + span)
    }

    package mutating func setDisk(_ index: Int, _ disk: SimulatedNode.Disk) { nodes[index].disk = disk }

    /// Gives a node another address, while it runs or not.
    package mutating func move(_ index: Int, to endpoint: Endpoint) {
        indexes[nodes[index].endpoint] = nil
        indexes[endpoint] = index
        nodes[index].endpoint = endpoint
        let backend = nodes[index].gossip?.ledger.map { $0.table[nodes[index].identity.nodeID]?.record.backend } ?? nil
        guard let backend else { return }
        give(.ledger(.located(endpoint: endpoint, publicIP: endpoint.address, backend: backend)), to: index)
    }

    package mutating func give(_ input: GossipInput, to index: Int) {
        guard let effects = nodes[index].gossip?.handle(input, at: now) else { return }
        for effect in effects { carryOut(effect, of: index) }
        guard let deadline = nodes[index].gossip?.nextDeadline else { return }
        if let scheduled = nodes[index].scheduledTick, scheduled <= deadline, scheduled > now { return }
        let time = max(deadline, now)
        nodes[index].scheduledTick = time
        queue.add(.tick(index), at: time)
    }

    /// Runs to the given time, or until the condition holds; it is looked at every `grain`.
    /// - Returns: whether the condition held.
    @discardableResult
    package mutating func run(
        for span: Duration, grain: Duration = .milliseconds(5), until condition: ((SimulatedCluster) -> Bool)? = nil
    ) -> Bool {
        let end = now + span
        var nextLook = now + grain
        while let time = queue.nextTime, time <= end {
            if let condition, time > nextLook {
                // Before the next event is taken out: the run may go on from here.
                if condition(self) { return true }
                nextLook = time + grain
            }
            guard let (at, event) = queue.next() else { break }
            now = at
            process(event)
        }
        now = end
        return condition?(self) ?? true
    }

    private mutating func process(_ event: Event) {
        switch event {
        case .datagram(let bytes, let source, let destination):
            guard let index = indexes[destination], nodes[index].isRunning else { return }
            if let until = nodes[index].pausedUntil, until > now {
                if nodes[index].backlog.count < 512 { nodes[index].backlog.append((bytes, source)) }
                return
            }
            trace = Mixing.combine(trace, UInt64(bitPattern: now.nanoseconds), UInt64(index), UInt64(bytes.count))
            give(.datagram(bytes, from: source), to: index)
        case .tick(let index):
            guard let scheduled = nodes[index].scheduledTick, scheduled <= now else { return }
            if let until = nodes[index].pausedUntil, until > now { return }
            nodes[index].scheduledTick = nil
            give(.tick, to: index)
        case .committed(let index, let run, let commit):
            guard nodes[index].run == run, nodes[index].isRunning else { return }
            nodes[index].disk.own = commit
            nodes[index].disk.reserved = max(nodes[index].disk.reserved, commit.reserved)
            give(.ledger(.committed(commit.record.version)), to: index)
        case .resolved(let index, let run):
            guard nodes[index].run == run, nodes[index].isRunning else { return }
            give(.seeds(nodes[index].seeds.map { nodes[$0].endpoint }), to: index)
        case .resume(let index):
            nodes[index].pausedUntil = nil
            nodes[index].scheduledTick = nil
            let backlog = nodes[index].backlog
            nodes[index].backlog = []
            for (bytes, source) in backlog { give(.datagram(bytes, from: source), to: index) }
            give(.tick, to: index)
        }
    }

    private mutating func carryOut(_ effect: GossipEffect, of index: Int) {
        switch effect {
        case .send(let bytes, let destination):
            datagrams += 1
            self.bytes += bytes.count + DatagramHeader.sealingOverhead + 28
            deliver(bytes, from: index, to: destination)
            if network.duplication > 0, Double.random(in: 0..<1, using: &random) < network.duplication {
                deliver(bytes, from: index, to: destination)
            }
        case .commit(let commit):
            queue.add(.committed(index, run: nodes[index].run, commit), at: now + commitTime)
        case .peersChanged(let changed):
            guard let gossip = nodes[index].gossip else { return }
            for nodeID in changed {
                guard let record = gossip.ledger?.table[nodeID] else { continue }
                nodes[index].disk.peers[nodeID] = StoredMember(
                    record: record, incarnation: gossip.members[nodeID]?.incarnation ?? 0)
            }
        case .settled(let settings): nodes[index].disk.settings = settings
        case .contradicted(let differences): nodes[index].contradictions = differences
        case .takeNewIdentity: nodes[index].wantsNewIdentity = true
        case .event(let event): nodes[index].events.append((now, event))
        case .resolveSeeds:
            queue.add(.resolved(index, run: nodes[index].run), at: now + .milliseconds(1))
        case .revocationsChanged, .ownersChanged: break
        case .orderAnswered(let number, let reply): nodes[index].orderReplies[number] = reply
        }
    }

    private mutating func deliver(_ bytes: [UInt8], from index: Int, to destination: Endpoint) {
        guard let target = indexes[destination], network.isConnected(index, target) else { return }
        if network.loss > 0, Double.random(in: 0..<1, using: &random) < network.loss { return }
        let (least, most) = (network.latency.lowerBound, network.latency.upperBound)
        let latency = least + (most - least) * Double.random(in: 0..<1, using: &random)
        queue.add(.datagram(bytes, from: nodes[index].endpoint, to: destination), at: now + latency)
    }
}
