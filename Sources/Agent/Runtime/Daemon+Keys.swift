internal import Addressing
internal import ControlAPI
internal import Gossip
internal import LeaseLedger
internal import Logging

/// The cluster's keys: taken from others, passed to those that lack one, kept.
///
/// Each node's record shows by their ids the keys that it holds. Whoever sees a live member that holds others than itself
/// sends it the ring, sealed to that member's own key, in a datagram sealed with a cluster key that the member has. Both
/// sides merge the same way, so the last operation reaches everybody, and a node that was away catches up by speaking.
extension Daemon {
    private static let batch = 32
    private static let mostPassedBack = 1_024

    // MARK: From others

    /// Under a key on its way out only known nodes are heard: who holds just a leaked key cannot join any more.
    func admits(_ datagram: OpenedDatagram) -> Bool {
        guard let state = keys.state, state.isOutdated(datagram.key) else { return true }
        guard let sender = DatagramHeader.sender(of: datagram.bytes), let table = gossip.ledger?.table,
            table[sender] != nil || table.isBanned(sender)
        else {
            keys.strangers += 1
            log.warning(
                "\(datagram.source) is unknown and seals with key \(datagram.key), which is on its way out; it is not heard. "
                    + "A new node needs a new token", id: "key-outdated-stranger")
            return false
        }
        return true
    }

    /// A known node that seals with an outdated key cannot read our answers: it gets the ring under its own.
    func passKeysBack(after datagram: OpenedDatagram) {
        guard let state = keys.state, state.isOutdated(datagram.key),
            let sender = DatagramHeader.sender(of: datagram.bytes), lacksKeys(sender),
            clock.now - (keys.passedBack[sender] ?? .zero) > .milliseconds(200)
        else { return }
        if keys.passedBack.count >= Self.mostPassedBack { keys.passedBack = [:] }
        keys.passedBack[sender] = clock.now
        passKeys(to: sender, at: datagram.source, under: datagram.key)
    }

    func takeKeys(_ sealed: [UInt8], from sender: NodeID) {
        guard let wanted = keys.wanted, let plaintext = context.keySealing?.open(sealed, clusterID: context.clusterID),
            let theirs = try? KeyRingState(encoded: plaintext)
        else {
            log.warning("the keys that \(name(of: sender)) sent cannot be read", id: "keys-unreadable")
            return
        }
        let merged = wanted.state.merged(with: theirs)
        guard merged != wanted.state else { return }
        log.notice("\(name(of: sender)) has passed on a change of the cluster's keys", id: "keys-received")
        keys.wanted?.state = merged
        saveInBackground()
    }

    /// Durable before used, and tried for as long as it takes.
    private func saveInBackground() {
        guard !keys.isSaving else { return }
        keys.isSaving = true
        Task { [weak self] in
            while await self?.saveWanted() == false { try? await Task.sleep(for: .seconds(2)) }
        }
    }

    /// - Returns: whether there is nothing left to save.
    private func saveWanted() async -> Bool {
        while let wanted = keys.wanted, wanted != keys.file, !isStopping {
            do {
                try await save(wanted)
            } catch {
                storeFailed(error)
                return false
            }
        }
        keys.isSaving = false
        return true
    }

    private func save(_ wanted: KeyRingFile) async throws {
        try await context.store.saveKeyRing(
            wanted.encoded, at: KeyRingFile.path(in: context.configuration.stateDirectory))
        use(wanted)
    }

    private func use(_ file: KeyRingFile) {
        guard file != keys.file else { return }
        let isNews = file.state != keys.state
        keys.file = file
        guard isNews else { return }
        context.transport.use(file.state.ring)
        let ids = file.state.ids.map(\.description)
        let message = "key \(file.state.sealingID) seals; this node holds \(ids.joined(separator: ", "))"
        log.notice(message, id: "keys-changed")
        publish(.keysChanged, message: message)
        showKeys()
        spreadKeys()
    }

    /// Lets the own record say which keys this node holds.
    func showKeys() {
        guard let state = keys.state, let sealing = context.keySealing else { return }
        step(.ledger(.secured(sealing.shown(holding: state))))
    }

    // MARK: To others

    /// Whether a member's record shows other keys than ours. What a release without this shows, nobody can help.
    func lacksKeys(_ nodeID: NodeID) -> Bool {
        guard let state = keys.state, nodeID != gossip.nodeID,
            let theirs = gossip.ledger?.table[nodeID]?.record.security?.keyIDs
        else { return false }
        let ours = state.ids.map(\.bits)
        return theirs.first != ours.first || Set(theirs) != Set(ours)
    }

    var membersWithoutKeys: [NodeID] { gossip.ledger?.live.filter(lacksKeys).sorted() ?? [] }

    func noteKeys(of peers: [NodeID]) {
        guard !keys.isSpreading, peers.contains(where: lacksKeys) else { return }
        spreadKeys()
    }

    /// Sends the ring to live members that hold others, until none is left; less and less often, should one never take it.
    func spreadKeys() {
        guard !keys.isSpreading, keys.state != nil else { return }
        keys.isSpreading = true
        Task { [weak self] in
            // Who was given the operation tells all; the rest gives it a moment.
            if await self?.keys.tellsAll != true { try? await Task.sleep(for: .seconds(1)) }
            var wait = 1
            while await self?.spreadRound() == false {
                try? await Task.sleep(for: .seconds(wait))
                wait = min(wait * 2, 30)
            }
        }
    }

    /// - Returns: whether everybody has what this node has.
    private func spreadRound() async -> Bool {
        var lacking = membersWithoutKeys
        if lacking.isEmpty || isStopping {
            keys.isSpreading = false
            keys.tellsAll = false
            return true
        }
        if !keys.tellsAll { lacking = Array(lacking.shuffled().prefix(3)) }
        for start in stride(from: 0, to: lacking.count, by: Self.batch) {
            if start > 0 { try? await Task.sleep(for: .milliseconds(20)) }
            for nodeID in lacking[start..<min(start + Self.batch, lacking.count)] {
                guard let endpoint = gossip.members[nodeID]?.endpoint, lacksKeys(nodeID) else { continue }
                passKeys(to: nodeID, at: endpoint)
            }
        }
        return false
    }

    /// - Parameter key: what the datagram is sealed with; `nil`: the first of ours that the node shows.
    private func passKeys(to nodeID: NodeID, at endpoint: Endpoint, under key: KeyID? = nil) {
        guard let state = keys.state, let table = gossip.ledger?.table, !table.isBanned(nodeID),
            let security = table[nodeID]?.record.security,
            let outer = key ?? state.ids.first(where: { security.keyIDs.contains($0.bits) }),
            let sealed = KeyRingSealing.seal(
                state.encoded, to: security.agreementKey, clusterID: context.clusterID)
        else { return }
        keys.sealsWith = outer
        advance(.carry([.keyRing(sealed)], to: endpoint))
        keys.sealsWith = nil
    }

    // MARK: From the operator

    /// Changes the ring, and gives the others a moment to take it.
    func changeKeys(_ change: (inout KeyRingState) throws -> Void) async throws {
        guard var wanted = keys.wanted else {
            throw ControlError(.conflict, "the cluster is not sealed (--insecure): it has no keys")
        }
        do {
            try change(&wanted.state)
        } catch let error as KeyRingError {
            throw ControlError(error.code, error.description)
        }
        guard wanted != keys.wanted else { return }
        keys.wanted = wanted
        keys.tellsAll = true
        try await save(wanted)
        let deadline = clock.now + .seconds(3)
        while !membersWithoutKeys.isEmpty, clock.now < deadline { try? await Task.sleep(for: .milliseconds(50)) }
    }

    /// SIGHUP: as a start would, takes over what has changed in --key-file.
    func rereadKeyFile() async {
        guard let path = context.configuration.keyFile, keys.wanted != nil else { return }
        do {
            let file = try KeyFile(path: path).read()
            let digest = KeyRingFile.digest(of: file)
            guard var wanted = keys.wanted, wanted.fileDigest != digest else { return }
            wanted.fileDigest = digest
            for id in wanted.state.follow(file) {
                log.warning(
                    "key \(id) of --key-file was removed from the cluster and is not used; take it out of the file",
                    id: "key-file-outdated")
            }
            keys.wanted = wanted
            keys.tellsAll = true
            try await save(wanted)
            log.notice("read --key-file again", id: "key-file-read")
        } catch {
            log.error("--key-file: \(error); the keys stay as they were", id: "key-file-unreadable")
        }
    }
}

extension KeyRingError {
    fileprivate var code: ControlError.Code {
        if case .unknown = self { .notFound } else { .conflict }
    }
}
