internal import Addressing
package import Gossip
package import LeaseLedger

/// Any number of nodes on virtual time, each running the daemon's own code. The same seed gives the same run.
package struct SimulatedCluster {
    enum Event {
        case datagram([UInt8], from: Int32, to: Int32)
        case unreachable(at: Int32, from: Endpoint)
        case tick(Int)
        case committed(Int, run: Int, OwnCommit)
        case resume(Int)
        case resolved(Int, run: Int)
        case renew(Int, run: Int)
    }

    package internal(set) var now = Instant.zero
    package internal(set) var nodes: [SimulatedNode] = []
    package var network = Network()
    /// From the effect to the disk's answer.
    package var commitTime = Duration.milliseconds(2)
    package internal(set) var random: SplitMix64
    package private(set) var datagrams = 0
    package private(set) var bytes = 0
    /// A hash of everything delivered: equal runs have equal traces.
    package private(set) var trace: UInt64 = 0
    /// Verdicts before this moment are not judged: the network has just changed.
    package var judgedFrom = Instant.zero
    package internal(set) var invariants = Invariants()
    package internal(set) var spread = SpreadMeter()
    /// Whether each node's events are kept for a test to look at: in a large cluster there are millions.
    package var keepsEvents = true

    package let seed: UInt64
    package let settings: NetworkSettings
    var queue = EventQueue<Event>()
    var indexes: [Endpoint: Int] = [:]
    var census = Census()
    let pool = RecordPool()

    package init(seed: UInt64, settings: NetworkSettings) {
        self.seed = seed
        self.settings = settings
        random = SplitMix64(seed: seed)
    }

    /// What the network layers below add: IP and UDP headers.
    private static let packetOverhead = 28

    package mutating func give(_ input: GossipInput, to index: Int) {
        guard let effects = nodes[index].process?.inPlace({ $0.handle(input, at: now) }) else { return }
        for effect in effects { carryOut(effect, of: index) }
        observe(index)
        schedule(index)
    }

    mutating func schedule(_ index: Int) {
        guard let deadline = nodes[index].process?.gossip.nextDeadline else { return }
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
        case .datagram(let bytes, let source, let destination): arrive(bytes, from: Int(source), at: Int(destination))
        case .unreachable(let index, let endpoint):
            give(.portUnreachable(endpoint), to: Int(index))
        case .tick(let index):
            guard let scheduled = nodes[index].scheduledTick, scheduled <= now, !isPaused(index) else { return }
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
        case .resume(let index): resume(index)
        case .renew(let index, let run):
            guard nodes[index].run == run, nodes[index].isRunning else { return }
            renewIdentity(index)
        }
    }

    func isPaused(_ index: Int) -> Bool { nodes[index].pausedUntil.map { $0 > now } ?? false }

    private mutating func arrive(_ bytes: [UInt8], from source: Int, at index: Int) {
        guard nodes[index].isRunning else {
            // The kernel of a machine that is up says that nobody listens.
            guard nodes[index].isMachineUp, network.isConnected(index, source), !network.loses(&random) else { return }
            let hint = Event.unreachable(at: Int32(source), from: nodes[index].endpoint)
            return queue.add(hint, at: now + network.delay(&random))
        }
        guard !isPaused(index) else {
            if nodes[index].backlog.count < SimulatedNode.socketBuffer {
                nodes[index].backlog.append(IncomingDatagram(bytes: bytes, source: nodes[source].endpoint))
            }
            return
        }
        trace = Mixing.mix(trace ^ UInt64(bitPattern: now.nanoseconds))
        trace = Mixing.mix(trace ^ UInt64(index) << 32 ^ UInt64(bytes.count))
        give(.datagram(bytes, from: nodes[source].endpoint), to: index)
    }

    private mutating func carryOut(_ effect: GossipEffect, of index: Int) {
        switch effect {
        case .send(let bytes, let destination): send(bytes, from: index, to: destination)
        case .commit(let commit):
            queue.add(.committed(index, run: nodes[index].run, commit), at: now + commitTime)
        case .peersChanged(let changed):
            for nodeID in changed { heard(of: nodeID, by: index) }
        case .settled(let settings): nodes[index].disk.settings = settings
        case .contradicted(let differences): nodes[index].contradictions = differences
        case .takeNewIdentity:
            nodes[index].wantsNewIdentity = true
            queue.add(.renew(index, run: nodes[index].run), at: now + .milliseconds(10))
        case .event(let event):
            if keepsEvents { nodes[index].events.append((now, event)) }
            judge(event, of: index)
        case .resolveSeeds:
            queue.add(.resolved(index, run: nodes[index].run), at: now + .milliseconds(1))
        case .revocationsChanged, .ownersChanged, .keyRing: break
        case .orderAnswered(let number, let reply): nodes[index].orderReplies[number] = reply
        }
    }

    private mutating func send(_ bytes: [UInt8], from index: Int, to destination: Endpoint) {
        let length = bytes.count + DatagramHeader.sealingOverhead
        datagrams += 1
        self.bytes += length + Self.packetOverhead
        nodes[index].datagramsSent += 1
        nodes[index].bytesSent += length + Self.packetOverhead
        if length > DatagramHeader.longestDatagram {
            invariants.broken("node \(index) sent a datagram of \(length) bytes", at: now)
        }
        guard let target = indexes[destination], network.isConnected(index, target) else { return }
        for _ in 0..<(network.duplicates(&random) ? 2 : 1) where !network.loses(&random) {
            let event = Event.datagram(bytes, from: Int32(index), to: Int32(target))
            queue.add(event, at: now + network.delay(&random))
        }
    }
}
