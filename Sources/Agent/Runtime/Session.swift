internal import Addressing
internal import ControlAPI
internal import Dataplane
internal import Gossip
internal import LeaseLedger
internal import LeaseStore
internal import Logging

/// What outlives a change of identity within one process.
struct Session: Sendable {
    /// Of --key-file, and the cluster that it names.
    let keys: KeyRing?
    let keyFileCluster: UInt64?
    let store: StoreWriter
    let worker: DataplaneWorker
    let firewall = FirewallWorker()
    var underlay: Underlay
    var state: StoredState
    /// Why nothing can be written now.
    var silence: StoreError?
    /// Records of others that the store held as its own node's.
    var strangers: [StoredPeer] = []
    /// The node has an identity and no memory of itself: it lost its database.
    var hasLostItsMemory = false
}

extension Launcher {
    /// Makes a daemon of what is on the disk: identity, keys, numbers, peers.
    func prepare(
        _ session: inout Session, _ socket: UDPSocket, _ loop: EventLoop, _ control: ControlFeed,
        retiring retirement: IdentityFile.Retirement?
    ) async throws(StartFailure) -> Daemon {
        let earlier = session.state.own.flatMap { $0.isForWhoeverStarts ? nil : $0.nodeID }
        let identity = try loadIdentity(&session, retiring: retirement)
        let keyRing = try await settleKeys(&session)
        let clusterID = keyRing?.clusterID ?? ClusterKey.insecureClusterID
        let keySealing = KeyRingSealing(identity: identity)
        let fingerprint = MachineFingerprint.read()
        let settings = try startSettings(session.state)
        // After another identity's life here, a clone's perhaps, the device may have another machine's address.
        let isAnother = retirement != nil || (earlier != nil && earlier != identity.nodeID)
        let vtepMAC = await vtepAddress(session, mayKeepDevice: !isAnother)
        var own = session.state.own ?? OwnState(nodeID: identity.nodeID)
        own.nodeID = identity.nodeID
        own.vtepMAC = vtepMAC
        let spoken = max(own.sequenceReserved, own.incarnationReserved, own.record?.version.sequence ?? 0)
        let reserved = spoken + 1 << 16
        own.sequenceReserved = reserved
        own.incarnationReserved = reserved
        if session.silence == nil {
            do {
                // Durable before spoken: no number below the reservation is used twice, whatever happens.
                try await session.store.commitOwn(own)
                try await session.store.writePeers(session.strangers)
            } catch {
                try session.keepSilent(error)
            }
        }
        session.state.own = own
        let absences = AbsenceClock(startingAt: BootClock().now, after: session.state.peers)
        let hooks = configuration.hooks.map { HookRunner(directory: HookDirectory(path: $0), log: log) }
        let context = DaemonContext(
            configuration: configuration, log: log, clusterID: clusterID, keyRing: keyRing, keySealing: keySealing,
            seeds: seeds, vtepMAC: vtepMAC,
            firstRecord: firstRecord(
                identity, own, session.underlay, settings.settings, vtepMAC, fingerprint, sequence: spoken,
                security: keyRing.flatMap { keyRing in keySealing.map { $0.shown(holding: keyRing.state) } }),
            storePath: session.store.path, store: session.store, dataplane: session.worker,
            firewall: session.firewall,
            transport: Transport(
                socket: socket, loop: loop, sealer: DatagramSealer(ring: keyRing?.state.ring), log: log),
            services: ServiceManager(),
            publish: { event in
                control.publish(event)
                hooks?.tell(event)
            },
            storedRevocations: Set(session.state.revocations.map(\.revocation)),
            storedAbsences: Set(session.state.peers.filter { absences.absence(of: $0) != nil }.map(\.record.nodeID)),
            unverified: isKnown(session.state, clusterID)
                ? Dictionary(
                    session.state.peers.map { ($0.record.nodeID, $0.record.version) }, uniquingKeysWith: { $1 }) : [:],
            absences: absences)
        let gossip = makeGossip(context, session, identity, settings, reserved: reserved)
        let daemon = Daemon(
            context: context, gossip: gossip, own: own, underlay: session.underlay, silence: session.silence)
        try control.serve(daemon, configuration, log: log)
        daemon.startThreads(requester: await session.worker.requester)
        return daemon
    }

    /// The settings that the store has agreed to, or the operator's wish.
    private func startSettings(_ state: StoredState) throws(StartFailure) -> SettingsOffer {
        if state.settingsAgreed, let settings = state.settings {
            let differences = configuration.request.differences(from: settings)
            guard differences.isEmpty else { throw StartFailure.contradiction(differences) }
            return SettingsOffer(settings: settings, agreed: true, named: configuration.request.named)
        }
        do {
            let settings = try configuration.request.resolved()
            return SettingsOffer(settings: settings, agreed: false, named: configuration.request.named)
        } catch {
            throw StartFailure("\(error)", status: StartFailure.usage)
        }
    }

    /// Stored; else that of a device from an earlier life, unless another machine has it too; else a new one.
    private func vtepAddress(_ session: Session, mayKeepDevice: Bool) async -> MACAddress {
        if let stored = session.state.own?.vtepMAC { return stored }
        let name = configuration.device ?? "flannel.\(configuration.request.vni ?? 1)"
        if mayKeepDevice, let existing = await session.worker.existingVTEPAddress(name), existing.isUnicast {
            return existing
        }
        return MACAddress(locallyAdministered: UInt64.random(in: .min ... .max))
    }

    private func firstRecord(
        _ identity: NodeIdentity, _ own: OwnState, _ underlay: Underlay, _ settings: NetworkSettings,
        _ vtepMAC: MACAddress, _ fingerprint: UInt64, sequence: UInt64, security: NodeSecurity?
    ) -> NodeRecord {
        let publicIP = configuration.publicIP ?? .v4(underlay.address)
        let backend: BackendData =
            switch settings.backend {
            case .vxlan: .vxlan(vni: settings.vni, vtepMAC: vtepMAC)
            case .hostGateway: .hostGateway
            case .alloc: .alloc
            }
        return NodeRecord(
            nodeID: identity.nodeID, publicKey: identity.publicKey,
            version: RecordVersion(sequence: sequence, runNonce: 0), name: configuration.name,
            role: own.record?.record.role ?? .member, fingerprint: fingerprint,
            endpoint: Endpoint(address: publicIP, port: configuration.bindPort), publicIP: publicIP, backend: backend,
            software: String(Self.release.prefix(NodeRecord.longestSoftware)), claim: own.claim,
            pin: own.record?.record.pin, security: security)
    }

    private func makeGossip(
        _ context: DaemonContext, _ session: Session, _ identity: NodeIdentity, _ offer: SettingsOffer,
        reserved: UInt64
    ) -> Gossip {
        let state = session.state
        let (clusterID, request) = (context.clusterID, configuration.request)
        let ledgerIdentity = LeaseLedger.Identity(
            clusterID: clusterID, nodeID: identity.nodeID, publicKey: identity.publicKey,
            runNonce: UInt64.random(in: 1 ... .max), sign: { identity.sign($0, clusterID: clusterID) })
        var gossipConfiguration = GossipConfiguration(
            identity: ledgerIdentity, own: context.firstRecord, reserved: reserved, hint: state.own?.hint,
            pinned: configuration.pinnedSubnet, offer: offer, differences: { request.differences(from: $0) },
            verifyRecord: { NodeIdentity.verify($0, clusterID: clusterID) },
            verifyRevocation: { NodeIdentity.verify($0, clusterID: clusterID) },
            backend: { context.backendData($0) },
            hasSeeds: !context.seeds.isEmpty || configuration.discovers || session.hasLostItsMemory,
            joinTimeout: joinTimeout(session), randomSeed: UInt64.random(in: .min ... .max))
        gossipConfiguration.isObserver = configuration.isObserver
        gossipConfiguration.reclaimAfter = configuration.reclaimAfter
        let isKnown = isKnown(state, clusterID)
        let members =
            (state.peers.filter { isKnown || NodeIdentity.verify($0.record, clusterID: clusterID) }
            + session.strangers.filter { NodeIdentity.verify($0.record, clusterID: clusterID) })
            .map {
                StoredMember(
                    record: $0.record, incarnation: $0.incarnation, absentFor: context.absences.absence(of: $0))
            }
        let revocations = state.revocations.compactMap { StoredRevocation.decode($0.encoded) }
        return Gossip(configuration: gossipConfiguration, restored: members, revocations: revocations)
    }

    /// What this cluster's store holds was verified when it was news; whether it still is what was written is looked at
    /// after the start (`Daemon.verifyRestored`).
    private func isKnown(_ state: StoredState, _ clusterID: UInt64) -> Bool {
        state.clusterID == clusterID && state.settingsAgreed
    }

    /// A node that lost its database knows no peer to ask; those that it had look for it every few seconds, and know what
    /// it held.
    private func joinTimeout(_ session: Session) -> Duration {
        session.hasLostItsMemory ? max(configuration.joinTimeout, .seconds(8)) : configuration.joinTimeout
    }
}

extension Session {
    /// A disk that may take writes later is waited for; with any other failure there is no start.
    mutating func keepSilent(_ error: any Error) throws(StartFailure) {
        guard let error = error as? StoreError, error.isPassing else { throw StartFailure("\(error)") }
        silence = error
    }
}
