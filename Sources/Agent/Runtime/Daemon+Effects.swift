internal import Addressing
internal import ControlAPI
internal import Dataplane
internal import Gossip
internal import LeaseLedger
internal import LeaseStore
internal import Logging

/// What the state machine wants done.
extension Daemon {
    func carryOut(_ effect: GossipEffect) {
        switch effect {
        case .send(let plaintext, let destination):
            context.transport.send(plaintext, to: destination, key: keys.sealsWith)
        case .resolveSeeds: resolveSeeds()
        case .commit(let commit): self.commit(commit)
        case .peersChanged(let peers):
            changedPeers.formUnion(peers)
            peers.forEach(noteClaim)
            noteKeys(of: peers)
            scheduleFlush()
        case .revocationsChanged: saveRevocations()
        case .ownersChanged: reconcileAfterNews()
        case .settled(let settings):
            settled(settings)
            showKeys()
        case .contradicted(let differences):
            finish(.failed(StartFailure.contradiction(differences)))
        case .takeNewIdentity:
            log.error(
                "another machine lives under this node's identity (a cloned disk?); taking a new identity and subnet",
                id: "identity-contested")
            finish(.newIdentity)
        case .keyRing(let sealed, let sender): takeKeys(sealed, from: sender)
        case .orderAnswered(let number, let reply): orderAnswered(number, reply)
        case .event(let event): tell(event)
        }
    }

    /// A young claim's tenure is not published; how long it has been known is the better answer then.
    private func noteClaim(of nodeID: NodeID) {
        guard let claim = gossip.ledger?.table[nodeID]?.claim else {
            claimsKnown[nodeID] = nil
            return
        }
        if claimsKnown[nodeID]?.epoch != claim.epoch { claimsKnown[nodeID] = (claim.epoch, clock.now) }
    }

    private func resolveSeeds() {
        let (seeds, port) = (context.seeds, context.bindPort)
        Task { [weak self] in
            var endpoints: [Endpoint] = []
            var unresolved: Set<HostPort> = []
            for seed in seeds {
                let found = await Resolver.resolve(seed, defaultPort: port)
                if found.isEmpty { unresolved.insert(seed) }
                endpoints += found
            }
            await self?.take(seeds: endpoints, unresolved: unresolved)
        }
    }

    private func take(seeds endpoints: [Endpoint], unresolved: Set<HostPort>) {
        for seed in unresolved.subtracting(unresolvedSeeds) {
            log.warning(
                "no address is found for \(seed), given with --join", id: "seed-unresolved",
                ["seed": "\(seed)"])
        }
        unresolvedSeeds = unresolved
        step(.seeds(endpoints))
    }

    private func settled(_ settings: NetworkSettings) {
        // What the store had kept is in the table now, and no news.
        gossip.ledger?.table.all.forEach { noteClaim(of: $0.nodeID) }
        do {
            try context.configuration.checkPinnedSubnet(in: settings)
        } catch {
            return finish(.failed(StartFailure("\(error)", status: StartFailure.usage)))
        }
        let store = context.store
        let clusterID = context.clusterID
        Task { [weak self] in
            do {
                try await store.saveSettings(clusterID: clusterID, settings)
            } catch {
                await self?.storeFailed(error)
            }
        }
        reconcileSoon()
    }

    /// Durable before spoken: the state machine goes on when this version is on the disk. A disk that fails is tried again
    /// for as long as it takes; meanwhile everything else goes on.
    private func commit(_ commit: OwnCommit) {
        own.record = commit.record
        own.claim = commit.record.claim
        own.sequenceReserved = commit.reserved
        own.incarnationReserved = commit.reserved
        own.hint = commit.hint
        own.tenureSeconds = UInt64(gossip.ledger?.tenureSeconds(at: clock.now) ?? 0)
        persistOwn(announcing: commit.record.version)
    }

    func persistOwn(announcing version: RecordVersion?, attempt: Int = 0) {
        let (store, state) = (context.store, own)
        Task { [weak self] in
            do {
                try await store.commitOwn(state)
                await self?.stored(version)
            } catch {
                await self?.storeFailed(error)
                try? await Task.sleep(for: .seconds(1 << min(attempt, 2)))
                await self?.retryOwn(version, attempt: attempt + 1)
            }
        }
    }

    private func retryOwn(_ version: RecordVersion?, attempt: Int) {
        // A later version takes this one's place.
        guard version == nil || own.record?.version == version else { return }
        persistOwn(announcing: version, attempt: attempt)
    }

    private func stored(_ version: RecordVersion?) {
        storeRecovered()
        if let version { step(.ledger(.committed(version))) }
    }

    func storeFailed(_ error: any Error) {
        let problem = "\(error)"
        if storeProblem != problem {
            log.error("the store fails: \(problem); routing goes on", id: "store-problem")
            publish(.storeProblem, message: problem)
        }
        storeProblem = problem
        // Until it works again something always tries.
        scheduleFlush()
    }

    private func storeRecovered() {
        guard storeProblem != nil else { return }
        storeProblem = nil
        log.notice("the store works again", id: "store-recovered")
    }

    /// The peers' records and the journal are written lazily, many at a time.
    func scheduleFlush() {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        Task { [weak self] in
            try? await Task.sleep(for: .seconds(2))
            await self?.flush()
        }
    }

    func flush() async {
        isFlushScheduled = false
        let peers = changedPeers.sorted().compactMap { nodeID -> StoredPeer? in
            let table = gossip.ledger?.table
            guard let record = table?[nodeID] ?? table?.bannedRecords[nodeID], nodeID != gossip.nodeID else {
                return nil
            }
            return row(of: record)
        }
        // Members that were evicted; the banned ones stay, for their names.
        let gone = changedPeers.filter { gossip.ledger?.table[$0] == nil && gossip.ledger?.table.isBanned($0) != true }
            .sorted()
        let events = journal
        changedPeers = []
        journal = []
        do {
            let wasBehind = try await context.store.catchUp()
            try await context.store.writePeers(peers, removing: gone)
            noteStored(peers)
            try await context.store.append(events)
            let hasRevoked = try await saveRevocationsNow()
            if wasBehind || hasRevoked || !peers.isEmpty || !gone.isEmpty || !events.isEmpty { storeRecovered() }
        } catch {
            changedPeers.formUnion(peers.map(\.record.nodeID) + gone)
            journal = Array((events + journal).suffix(LeaseStore.journalLength))
            storeFailed(error)
        }
    }

    /// As `saveRevocations`, for an operator who waits.
    /// - Returns: whether there was anything to save.
    @discardableResult
    func saveRevocationsNow() async throws -> Bool {
        let (additions, removals) = takeRevocationChanges()
        do {
            try await context.store.writeRevocations(additions, removing: removals)
        } catch {
            revocationsNotStored(additions, removals)
            throw error
        }
        return !additions.isEmpty || !removals.isEmpty
    }

    /// What is new, to be written, and what is superseded, to be deleted.
    private func takeRevocationChanges() -> (additions: [StoredRevocation], removals: [Revocation]) {
        let standing = gossip.ledger?.table.revocations ?? [:]
        let additions = standing.values.filter { !storedRevocations.contains($0.revocation) }.map {
            StoredRevocation($0)
        }
        let removals = storedRevocations.filter { standing[$0] == nil }
        storedRevocations = Set(standing.keys)
        return (additions, Array(removals))
    }

    private func revocationsNotStored(_ additions: [StoredRevocation], _ removals: [Revocation]) {
        storedRevocations.subtract(additions.map(\.revocation))
        storedRevocations.formUnion(removals)
    }

    private func saveRevocations() {
        let store = context.store
        let (additions, removals) = takeRevocationChanges()
        Task { [weak self] in
            do {
                try await store.writeRevocations(additions, removing: removals)
            } catch {
                await self?.revocationsNotStored(additions, removals)
                await self?.storeFailed(error)
            }
        }
    }
}
