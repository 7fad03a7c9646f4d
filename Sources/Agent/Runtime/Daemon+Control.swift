internal import Addressing
internal import ControlAPI
internal import Dataplane
internal import Gossip
internal import LeaseLedger
internal import Netlink

/// What the control socket asks.
extension Daemon {
    /// The methods of this daemon.
    nonisolated func registry() -> ControlRegistry {
        var registry = ControlRegistry()
        registry.on(ControlMethods.list) { await self.leases() }
        registry.on(ControlMethods.get) { selection in try selection.pick(from: await self.leases()) }
        registry.on(ControlMethods.members) { await self.memberInfos() }
        registry.on(ControlMethods.status) { await self.status() }
        registry.on(ControlMethods.dataplane) { query in try await self.dataplane(query) }
        registerOperations(&registry)
        registry.on(ControlMethods.token) { try await self.token() }
        register(security: &registry)
        return registry
    }

    private func leases() -> [LeaseInfo] {
        guard let table = gossip.ledger?.table else { return [] }
        let claims = table.all.compactMap { record in
            table.standingClaim(of: record.nodeID).map { (subnet: $0.claim.subnet, source: $0) }
        }
        return LeaseInfo.rows(of: claims, precedes: { $0.precedes($1).wins }, info: leaseInfo)
    }

    private func leaseInfo(_ claimant: Claimant) -> LeaseInfo {
        let record = gossip.ledger?.table[claimant.nodeID]?.record ?? context.firstRecord
        let isSelf = claimant.nodeID == gossip.nodeID
        let member = gossip.members[claimant.nodeID]
        var vtepMAC: MACAddress?
        if case .vxlan(_, let address) = record.backend { vtepMAC = address }
        let now = clock.now
        return LeaseInfo(
            subnet: claimant.claim.subnet, node: record.name, nodeID: claimant.nodeID.description,
            publicIP: record.publicIP, backend: record.backend.kind.label, vtepMAC: vtepMAC,
            leaseClass: LeaseClass(rawValue: claimant.claim.claimClass.label),
            liveness: isSelf ? .alive : liveness(member), isSelf: isSelf, seq: record.version.sequence,
            claimEpoch: claimant.claim.epoch, tenure: claimant.claim.tenure,
            heldSeconds: isSelf ? gossip.ledger.map { Int($0.tenureSeconds(at: now)) } : knownSeconds(claimant, now),
            lastSeenSeconds: isSelf ? 0 : member?.lastHeard.map { (now - $0).inSeconds })
    }

    private func knownSeconds(_ claimant: Claimant, _ now: Instant) -> Int {
        let published = claimant.claim.tenure == 0 ? 0 : 1 << min(Int(claimant.claim.tenure), 62)
        guard let known = claimsKnown[claimant.nodeID], known.epoch == claimant.claim.epoch else { return published }
        return max(published, Int((now - known.since).inSeconds))
    }

    func liveness(_ member: Member?) -> ControlAPI.Liveness {
        switch member?.liveness {
        case .alive: .alive
        case .suspect: .suspect
        case .left: .left
        case .unreachable, nil: .unreachable
        }
    }

    func memberInfos() -> [MemberInfo] {
        guard let table = gossip.ledger?.table else { return [] }
        let banned = table.banned.keys.map { nodeID in
            MemberInfo(
                node: name(of: nodeID), nodeID: nodeID.description, address: "-", liveness: .banned,
                incarnation: 0, version: "-")
        }
        let members = table.all.filter { !table.isForgotten($0.nodeID) }.map { record in
            let isSelf = record.nodeID == gossip.nodeID
            let member = gossip.members[record.nodeID]
            return MemberInfo(
                node: record.record.name, nodeID: record.nodeID.description,
                address: record.record.endpoint.description, liveness: isSelf ? .alive : liveness(member),
                incarnation: isSelf ? gossip.incarnation : member?.incarnation ?? 0,
                rttMilliseconds: isSelf ? nil : member?.roundTripTime?.inMilliseconds, version: record.record.software)
        }
        return (members + banned).sorted { ($0.node, $0.nodeID) < ($1.node, $1.nodeID) }
    }

    private func status() async -> StatusInfo {
        let ledger = gossip.ledger
        var peers = StatusInfo.Peers()
        for member in gossip.members.values {
            switch member.liveness {
            case .alive: peers.alive += 1
            case .suspect: peers.suspect += 1
            case .unreachable: peers.unreachable += 1
            case .left: peers.left += 1
            }
        }
        let used = ledger.map { ledger in
            ledger.table.claimedSubnets.count {
                ledger.pool.slot(of: $0) != nil && !ledger.table.claims(on: $0).isEmpty
            }
        }
        var failures = (report?.failures ?? []).map {
            StatusInfo.Note(subject: "\($0.change.object)", message: $0.reason)
        }
        if let trafficRulesProblem {
            failures.append(StatusInfo.Note(subject: "--ip-masq", message: trafficRulesProblem))
        }
        if let dataplaneProblem { failures.append(StatusInfo.Note(subject: "dataplane", message: dataplaneProblem)) }
        let dataplane = StatusInfo.Dataplane(
            inSync: report != nil && failures.isEmpty && !needsReconcile, desired: report?.desiredCount ?? 0,
            changes: report?.changesEver ?? 0, lastRepairSeconds: lastRepair.map { (clock.now - $0).inSeconds },
            failures: failures,
            skipped: (report?.skipped ?? []).map {
                StatusInfo.Note(subject: name(of: $0.nodeID), message: "\($0.reason)")
            },
            notes: (report?.notes ?? []).map { StatusInfo.Note(subject: $0.subject, message: $0.message) })
        var counters = Dictionary(uniqueKeysWithValues: gossip.counters.named.map { ($0.name, $0.value) })
        counters.merge(context.transport.counters) { $1 }
        counters["datagramsOutdatedStranger"] = keys.strangers
        return StatusInfo(
            cluster: context.clusterName, node: name(of: gossip.nodeID), nodeID: gossip.nodeID.description,
            ready: isReady && (ledger?.heldClaim != nil || wantsNoSubnet), lease: ledger?.heldClaim?.subnet.description,
            backend: gossip.settings?.backend.label ?? "unsettled", state: state, peers: peers,
            pool: StatusInfo.Pool(
                total: ledger?.pool.count ?? 0, used: used ?? 0, network: ledger?.pool.network.description,
                first: ledger?.pool.subnet(at: 0)?.description,
                last: ledger.flatMap { $0.pool.subnet(at: $0.pool.count - 1)?.description }),
            dataplane: dataplane,
            store: StatusInfo.Store(
                path: context.storePath, writes: await context.store.writes, problem: storeProblem),
            gossip: counters, keys: keyRingInfo, seeds: context.seeds.map { "\($0)" },
            banned: ledger?.table.banned.keys.map { name(of: $0) }.sorted())
    }

    /// One word for what the node is doing.
    private var state: String {
        guard let ledger = gossip.ledger else { return "joining" }
        if ledger.isBanned { return "banned" }
        switch ledger.phase {
        case .stopped, .listening: return "listening"
        case .claiming: return ledger.own.claim?.claimClass.label ?? "claiming"
        case .holding: return ledger.own.claim?.claimClass.label ?? "holding"
        case .exhausted: return "exhausted"
        case .idle: return "\(ledger.own.role)"
        }
    }

    private func token() throws -> TokenInfo {
        guard let key = keys.state?.ring?.sealing else {
            throw ControlError(.conflict, "the cluster is not sealed (--insecure): there is no key to pass on")
        }
        let endpoint = gossip.ledger?.own.endpoint ?? context.firstRecord.endpoint
        let token = JoinToken(key: key, clusterID: context.clusterID, seeds: [endpoint])
        return TokenInfo(token: token.text)
    }
}
