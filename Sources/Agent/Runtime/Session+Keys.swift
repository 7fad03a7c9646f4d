internal import Addressing
internal import LeaseLedger
internal import LeaseStore
internal import Logging

/// Where a node's keys come from.
extension Launcher {
    /// The ring: as this node last knew it, changed by what the operator's key file or token adds to that; or a new one.
    /// `nil` for an insecure cluster. The cluster's identity is kept with it: it derives from the first key the cluster
    /// ever had, which may be gone.
    func settleKeys(_ session: inout Session) async throws(StartFailure) -> KeyRingFile? {
        if configuration.insecure { return nil }
        let stored = try KeyRingFile.read(in: configuration.stateDirectory)
        let known = stored?.clusterID ?? session.state.clusterID
        if let token, let known, known != token.clusterID {
            throw StartFailure(
                "the token in --join is of another cluster than the one this node belongs to; to change clusters, name "
                    + "another --state-dir", status: StartFailure.usage)
        }
        // A release before this one kept the keys in the database.
        var state =
            stored?.state ?? KeyRing(session.state.keys.compactMap { ClusterKey(bytes: $0) }).map(KeyRingState.init)
        var digest = stored?.fileDigest ?? KeyRingFile.noFile
        if let file = session.keys {
            let seen = KeyRingFile.digest(of: file)
            if seen != digest { follow(file, &state) }
            digest = seen
        }
        try takeToken(&state)
        let ring: KeyRingState
        if let state { ring = state } else { ring = try newRing() }
        guard let oldest = session.keys?.keys.last ?? ring.ring?.keys.last else {
            throw StartFailure("there is no cluster key")
        }
        let clusterID = known ?? token?.clusterID ?? session.keyFileCluster ?? oldest.clusterID
        let settled = KeyRingFile(clusterID: clusterID, fileDigest: digest, state: ring)
        do {
            if settled != stored {
                try await session.store.saveKeyRing(
                    settled.encoded, at: KeyRingFile.path(in: configuration.stateDirectory))
            }
            if !session.state.keys.isEmpty { try await session.store.saveKeys([]) }
        } catch {
            try session.keepSilent(error)
        }
        return settled
    }

    /// The operator's file has changed since it was last read, or is new: it is the operator's word.
    private func follow(_ file: KeyRing, _ state: inout KeyRingState?) {
        guard var ring = state else {
            state = KeyRingState(file)
            return
        }
        for id in ring.follow(file) {
            log.warning(
                "key \(id) of --key-file was removed from the cluster and is not used; take it out of the file",
                id: "key-file-outdated")
        }
        state = ring
    }

    private func takeToken(_ state: inout KeyRingState?) throws(StartFailure) {
        guard let token else { return }
        guard var ring = state else {
            state = KeyRing([token.key]).map(KeyRingState.init)
            return
        }
        if !ring.join(with: token.key) {
            log.warning(
                "the token in --join carries key \(token.key.id), which was removed from the cluster; it is not used",
                id: "token-outdated")
        }
        state = ring
    }

    private func newRing() throws(StartFailure) -> KeyRingState {
        guard seeds.isEmpty else {
            throw StartFailure(
                "--join names a host but no key: pass the token that `leasectl token` prints on a member, or the cluster's "
                    + "key with --key-file, or --insecure for a cluster without one", status: StartFailure.usage)
        }
        guard let ring = KeyRing([ClusterKey()]) else { throw StartFailure("there is no cluster key") }
        log.notice("made a new cluster key; `leasectl token` prints what others join with", id: "key-made")
        return KeyRingState(ring)
    }

    var token: JoinToken? {
        configuration.joins.lazy.compactMap { if case .token(let token) = $0 { token } else { nil } }.first
    }

    var seeds: [HostPort] {
        configuration.joins.flatMap { target -> [HostPort] in
            switch target {
            case .host(let host): [host]
            case .token(let token): token.seeds.compactMap { try? HostPort(parsing: $0.description) }
            }
        }
    }
}
