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
    let underlay: Underlay
    var state: StoredState
}

extension Launcher {
    /// Makes a daemon of what is on the disk: identity, keys, numbers, peers.
    func prepare(
        _ session: inout Session, _ socket: UDPSocket, _ loop: EventLoop, _ control: ControlFeed,
        retiring retirement: IdentityFile.Retirement?
    ) async throws(StartFailure) -> Daemon {
        let identity = try loadIdentity(&session.state, retiring: retirement)
        let keyRing = try await settleKeys(session)
        let clusterID = keyRing?.clusterID ?? ClusterKey.insecureClusterID
        let keySealing = KeyRingSealing(identity: identity)
        let fingerprint = MachineFingerprint.read()
        let settings = try startSettings(session.state)
        let vtepMAC = await vtepAddress(session, mayKeepDevice: retirement == nil)
        var own = session.state.own ?? OwnState(nodeID: identity.nodeID)
        own.nodeID = identity.nodeID
        own.vtepMAC = vtepMAC
        let spoken = max(own.sequenceReserved, own.incarnationReserved, own.record?.version.sequence ?? 0)
        let reserved = spoken + 1 << 16
        own.sequenceReserved = reserved
        own.incarnationReserved = reserved
        do {
            // Durable before spoken: no number below the reservation is used twice, whatever happens.
            try await session.store.commitOwn(own)
        } catch {
            throw StartFailure("\(error)")
        }
        session.state.own = own
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
            storedRevocations: Set(session.state.revocations.map(\.revocation)))
        let gossip = makeGossip(context, session.state, identity, settings, reserved: reserved)
        let daemon = Daemon(context: context, gossip: gossip, own: own, underlay: session.underlay)
        try control.serve(daemon, configuration, log: log)
        daemon.startThreads(requester: await session.worker.requester)
        return daemon
    }

    /// The machine's identity: read, or made where there is none or it is not this machine's.
    private func loadIdentity(
        _ state: inout StoredState, retiring retirement: IdentityFile.Retirement?
    ) throws(StartFailure) -> NodeIdentity {
        let file = IdentityFile(stateDirectory: configuration.stateDirectory)
        let fingerprint = MachineFingerprint.read()
        do {
            if let retirement { try file.setAside(retirement) }
            let stored = try file.read()
            if stored.fingerprint == fingerprint, let identity = NodeIdentity(privateKeyBytes: stored.privateKey) {
                forgetForeignState(&state, identity)
                return identity
            }
            let kept = try file.setAside(.cloned)
            log.error(
                "the identity was made on another machine (a cloned disk?); it is kept as \(kept), this machine takes a new "
                    + "identity and subnet", id: "identity-cloned", ["path": kept])
        } catch {
            switch error.kind {
            case .missing: break
            case .damaged, .exposed:
                guard let kept = try? file.setAside(error.kind.retirement) else {
                    throw StartFailure("\(error)")
                }
                log.error(
                    "\(error); it is kept as \(kept), this node takes a new identity and its old subnet stays absent",
                    id: "identity-damaged", ["path": kept])
            default: throw StartFailure("\(error)")
            }
        }
        let identity = NodeIdentity()
        guard let fresh = Identity(privateKey: identity.privateKeyBytes, fingerprint: fingerprint) else {
            throw StartFailure("a new identity could not be made")
        }
        do {
            try file.create(fresh)
        } catch {
            throw StartFailure("\(error)")
        }
        state.own = nil
        return identity
    }

    /// A database that another node left behind (a copied directory): its claim is not ours.
    private func forgetForeignState(_ state: inout StoredState, _ identity: NodeIdentity) {
        guard let own = state.own, own.nodeID != identity.nodeID else { return }
        log.warning(
            "the database belongs to node \(own.nodeID.short), not to this one; its claim is dropped",
            id: "store-of-another-node")
        state.own = nil
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
        _ context: DaemonContext, _ state: StoredState, _ identity: NodeIdentity, _ offer: SettingsOffer,
        reserved: UInt64
    ) -> Gossip {
        let (clusterID, request) = (context.clusterID, configuration.request)
        let ledgerIdentity = LeaseLedger.Identity(
            clusterID: clusterID, nodeID: identity.nodeID, publicKey: identity.publicKey,
            runNonce: UInt64.random(in: 1 ... .max), sign: { identity.sign($0, clusterID: clusterID) })
        var gossipConfiguration = GossipConfiguration(
            identity: ledgerIdentity, own: context.firstRecord, reserved: reserved, hint: state.own?.hint,
            pinned: configuration.pinnedSubnet, offer: offer, differences: { request.differences(from: $0) },
            verifyRecord: { NodeIdentity.verify($0, clusterID: clusterID) },
            verifyRevocation: { NodeIdentity.verify($0, clusterID: clusterID) },
            backend: { context.backendData($0) }, hasSeeds: !context.seeds.isEmpty || configuration.discovers,
            joinTimeout: configuration.joinTimeout, randomSeed: UInt64.random(in: .min ... .max))
        gossipConfiguration.isObserver = configuration.isObserver
        gossipConfiguration.reclaimAfter = configuration.reclaimAfter
        // What this cluster's store holds was verified when it was news; whether it still is what was written is looked
        // at after the start (`Daemon.verifyRestored`).
        let isKnown = state.clusterID == clusterID && state.settingsAgreed
        let members = state.peers
            .filter { isKnown || NodeIdentity.verify($0.record, clusterID: clusterID) }
            .map { StoredMember(record: $0.record, incarnation: $0.incarnation) }
        let revocations = state.revocations.compactMap { stored -> SignedRevocation? in
            guard stored.encoded.count > SignedRecord.signatureLength else { return nil }
            let signature = Array(stored.encoded.prefix(SignedRecord.signatureLength))
            let body = Array(stored.encoded.dropFirst(SignedRecord.signatureLength))
            return try? SignedRevocation(body: body, signature: signature)
        }
        return Gossip(configuration: gossipConfiguration, restored: members, revocations: revocations)
    }
}

extension IdentityError.Kind {
    fileprivate var retirement: IdentityFile.Retirement {
        if case .exposed = self { .exposed } else { .damaged }
    }
}
