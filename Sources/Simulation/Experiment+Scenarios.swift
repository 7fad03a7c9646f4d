internal import Addressing
internal import Gossip
internal import LeaseLedger

/// The scenarios.
extension Experiment {
    mutating func play() {
        let end = cluster.now + configuration.span
        switch configuration.scenario {
        case .join, .idle, .pause: pass(configuration.span)
        case .joiner: while cluster.now < end { joinOne() }
        case .change: change(until: end)
        case .kill: while cluster.now < end { kill(power: false, thenWait: .seconds(2)) }
        case .crash: while cluster.now < end { kill(power: true, thenWait: .seconds(2)) }
        case .restart: while cluster.now < end { kill(power: false, thenWait: .seconds(10)) }
        case .churn: while cluster.now < end { churn() }
        case .partition: while cluster.now < end { partition() }
        case .flap: while cluster.now < end { flap() }
        case .asymmetric: while cluster.now < end { asymmetric() }
        case .clone: clone(until: end)
        case .restore: while cluster.now < end { restore() }
        case .move: while cluster.now < end { move() }
        case .fullPool: while cluster.now < end { release() }
        }
    }

    private mutating func anyRunning() -> Int {
        let running = cluster.nodes.indices.filter { cluster.nodes[$0].isRunning && !cluster.isPaused($0) }
        return running.randomElement(using: &random) ?? 0
    }

    private mutating func joinOne() {
        let index = cluster.addNode()
        let began = cluster.now
        cluster.start(index, seeds: seeds)
        let joined = expect("a joiner", within: .seconds(60)) {
            $0.nodes[index].claim != nil && $0.haveEqualTables && $0.seesAllAlive
        }
        if joined != nil { joins.append((cluster.now - began).inSeconds) }
        pass(.seconds(2))
    }

    /// A change that does not alter who owns what: another VTEP MAC.
    private mutating func change(until end: Instant) {
        cluster.spread.isMeasuring = true
        var number: UInt64 = 1 << 20
        while cluster.now < end {
            let index = anyRunning()
            let endpoint = cluster.nodes[index].endpoint
            number += 1
            let backend = BackendData.vxlan(vni: 1, vtepMAC: MACAddress(locallyAdministered: number))
            let located = LedgerInput.located(endpoint: endpoint, publicIP: endpoint.address, backend: backend)
            cluster.give(.ledger(located), to: index)
            pass(.milliseconds(100))
        }
        cluster.run(for: .seconds(10))
        cluster.spread.isMeasuring = false
    }

    /// Kills one node, waits until all have found it, and starts it again.
    private mutating func kill(power: Bool, thenWait span: Duration) {
        let victim = anyRunning()
        let nodeID = cluster.nodes[victim].identity.nodeID
        cluster.expectFailure(of: victim)
        cluster.kill(victim, power: power)
        cluster.spread.audience = cluster.nodes.count(where: \.isRunning)
        cluster.spread.died(nodeID, at: cluster.now)
        _ = expect("a dead node is found", within: .seconds(60)) { $0.spread.unfinished == 0 }
        pass(span)
        cluster.start(victim, seeds: [])
        if let healed = expect("a node that is back", within: .seconds(60), { $0.haveEqualTables && $0.seesAllAlive }) {
            heals.append(healed)
        }
    }

    private mutating func churn() {
        let index = anyRunning()
        let stopped = cluster.nodes.indices.filter { !cluster.nodes[$0].isRunning }
        switch Int.random(in: 0..<6, using: &random) {
        case 0: cluster.addNode()
        case 1:
            cluster.expectFailure(of: index)
            cluster.kill(index, power: true)
        case 2:
            cluster.expectFailure(of: index)
            cluster.stop(index)
        case 3:
            cluster.expectFailure(of: index)
            cluster.kill(index)
        default: break
        }
        if let back = stopped.randomElement(using: &random) { cluster.start(back, seeds: seeds) }
        pass(.milliseconds(Int.random(in: 200...4_000, using: &random)))
    }

    private mutating func mend(_ what: String) {
        cluster.network.mend()
        cluster.judgedFrom = cluster.now + .seconds(10)
        if let healed = expect(what, within: .seconds(120), { $0.isConverged }) { heals.append(healed) }
    }

    private mutating func partition() {
        let part = max(1, Int(Double(cluster.nodes.count) * configuration.cut))
        cluster.network.isConnected = { ($0 < part) == ($1 < part) }
        pass(.seconds(60))
        mend("healing")
        pass(.seconds(5))
    }

    private mutating func flap() {
        let half = max(1, cluster.nodes.count / Int.random(in: 2...10, using: &random))
        cluster.network.isConnected = { ($0 < half) == ($1 < half) }
        pass(.milliseconds(Int.random(in: 300...3_000, using: &random)))
        cluster.network.mend()
        cluster.judgedFrom = cluster.now + .seconds(10)
        pass(.milliseconds(Int.random(in: 300...3_000, using: &random)))
    }

    private mutating func asymmetric() {
        let half = max(1, cluster.nodes.count / Int.random(in: 2...10, using: &random))
        cluster.network.isConnected = { $0 >= half || $1 < half }
        pass(.seconds(20))
        mend("healing of one direction")
        pass(.seconds(5))
    }

    private mutating func clone(until end: Instant) {
        while cluster.now < end {
            let original = anyRunning()
            cluster.expectFailure(of: original)
            let copy = cluster.clone(original)
            cluster.expectFailure(of: copy)
            cluster.start(copy, seeds: seeds)
            let healed = expect("a clone finds an identity of its own", within: .seconds(120)) {
                $0.nodes[original].identity.nodeID != $0.nodes[copy].identity.nodeID && $0.haveEqualTables && $0.allHold
                    && $0.overlaps.isEmpty
            }
            if let healed { heals.append(healed) }
            pass(.seconds(5))
        }
    }

    private mutating func restore() {
        let index = anyRunning()
        let old = cluster.disk(of: index)
        cluster.expectFailure(of: index)
        for _ in 0..<2 {
            cluster.kill(index)
            cluster.run(for: .seconds(2))
            cluster.start(index, seeds: seeds)
            cluster.run(for: .seconds(5))
        }
        let subnet = cluster.nodes[index].claim?.subnet
        cluster.kill(index)
        cluster.setDisk(index, old)
        cluster.start(index, seeds: seeds)
        if let healed = expect("a restored node", within: .seconds(60), { $0.isConverged && $0.overlaps.isEmpty }) {
            heals.append(healed)
        }
        if cluster.nodes[index].claim?.subnet != subnet {
            cluster.invariants.broken("restore: node \(index) lost its subnet", at: cluster.now)
        }
        pass(.seconds(3))
    }

    private mutating func move() {
        let index = anyRunning()
        let address = IPv4Address(bits: 0xAC10_0000 + UInt32.random(in: 0..<1 << 20, using: &random))
        let endpoint = Endpoint(address: .v4(address), port: 8473)
        let nodeID = cluster.nodes[index].identity.nodeID
        cluster.move(index, to: endpoint)
        let followed = expect("a changed address is followed", within: .seconds(60)) { cluster in
            cluster.haveEqualTables
                && cluster.nodes.allSatisfy {
                    $0.index == index || $0.process?.gossip.members[nodeID].map { $0.endpoint == endpoint } ?? true
                }
        }
        if let followed { heals.append(followed) }
        pass(.seconds(3))
    }

    /// Full pool: a holder gives its subnet back, and one of those without takes it.
    private mutating func release() {
        let holders = cluster.nodes.indices.filter { cluster.nodes[$0].claim != nil }
        guard let holder = holders.randomElement(using: &random) else { return pass(.seconds(1)) }
        cluster.give(.ledger(.order(.release)), to: holder)
        let held = holders.count
        let wanting = cluster.nodes.contains { $0.process?.gossip.ledger?.phase == .exhausted }
        if wanting {
            let taken = expect("a freed subnet is taken", within: .seconds(60)) { cluster in
                cluster.nodes.count { $0.claim != nil } >= held && cluster.overlaps.isEmpty
            }
            if let taken { heals.append(taken) }
        }
        cluster.give(.ledger(.order(.takeAny)), to: holder)
        pass(.seconds(2))
    }
}
