internal import Addressing
internal import ControlAPI
internal import Dataplane
internal import Gossip
internal import LeaseLedger
internal import Logging
internal import Netlink

/// From the ledger to the kernel: level-triggered, one reconciliation at a time, on the data plane's own thread.
extension Daemon {
    /// What is derived has changed, or the kernel has: look soon. Many reasons make one look.
    /// - Parameter lookingForOthers: for their routes in front of ours as well.
    func reconcileSoon(lookingForOthers: Bool = false) {
        if lookingForOthers { looksForOthers = true }
        guard !isReconciling else {
            needsReconcile = true
            return
        }
        guard let configuration = dataplaneConfiguration, mayTouchKernel else { return }
        isReconciling = true
        let began = clock.now
        if began < reconcileRestsUntil { return reconcile(after: reconcileRestsUntil - began) }
        // Fail static: until a peer has told what it knows, what a former run left may be right.
        let keepsUnknown = !gossip.isSynchronised
        needsReconcile = false
        let (worker, watch, peers, underlay) = (context.dataplane, kernelWatch, peerLeases, underlay)
        let looksForOthers = looksForOthers
        self.looksForOthers = false
        let isOthersDoing = isLookOthersDoing
        isLookOthersDoing = false
        Task { [weak self] in
            let outcome = await worker.reconcile(
                configuration, underlay: underlay, peers: peers, keepsUnknown: keepsUnknown,
                looksForOthers: looksForOthers)
            var looksAgain = false
            if case .success(let report) = outcome {
                looksAgain = watch.look(
                    after: KernelInterest(
                        configuration, underlay: underlay, deviceIndex: report.deviceIndex, peers: peers),
                    requester: report.requester)
            }
            await self?.reconciled(outcome, since: began, isOthersDoing: isOthersDoing, looksAgain: looksAgain)
        }
    }

    /// Peers pass news on first, and changes that come together make one look. A node that has not looked yet begins at once.
    func reconcileAfterNews() {
        if report != nil { reconcileRestsUntil = max(reconcileRestsUntil, clock.now + Self.restAfterNews) }
        reconcileSoon()
    }

    private static let restAfterNews = Duration.milliseconds(20)

    private func reconcile(after rest: Duration) {
        Task { [weak self] in
            try? await Task.sleep(for: rest)
            await self?.reconcileRested()
        }
    }

    private func reconcileRested() {
        isReconciling = false
        reconcileSoon()
    }

    /// Before the node knows what the cluster knows, what is in the kernel stands: a restart takes no route away.
    private var mayTouchKernel: Bool {
        guard let ledger = gossip.ledger else { return false }
        switch ledger.phase {
        case .stopped, .listening: return report != nil
        case .claiming: return report != nil || ledger.heldClaim != nil
        case .holding: return report != nil || ledger.heldClaim != nil
        case .exhausted, .idle: return true
        }
    }

    var dataplaneConfiguration: DataplaneConfiguration? {
        guard let settings = gossip.settings else { return nil }
        return context.dataplaneConfiguration(
            settings: settings, vtepMAC: vtepMAC, ownSubnet: gossip.ledger?.heldClaim?.subnet)
    }

    /// The address of the VXLAN device: that of the start, unless another node was found to have it too.
    private var vtepMAC: MACAddress {
        if case .vxlan(_, let address) = gossip.ledger?.own.backend { return address }
        return context.vtepMAC
    }

    /// Every other node's lease that the table says stands.
    var peerLeases: [PeerLease] {
        guard let table = gossip.ledger?.table else { return [] }
        return table.claimedSubnets.compactMap { subnet in
            guard let owner = table.owner(of: subnet), owner.nodeID != gossip.nodeID,
                let record = table[owner.nodeID]?.record
            else { return nil }
            return PeerLease(
                nodeID: owner.nodeID, subnet: subnet, publicIP: record.publicIP, backend: record.backend,
                isLive: gossip.members[owner.nodeID]?.liveness.isLive == true)
        }
    }

    /// - Parameters:
    ///   - start: when it began.
    ///   - isOthersDoing: whether it was because of what others did.
    ///   - looksAgain: something may have happened unseen.
    private func reconciled(
        _ outcome: Result<ReconcileReport, DataplaneError>, since start: Instant, isOthersDoing: Bool, looksAgain: Bool
    ) {
        isReconciling = false
        let now = clock.now
        reconcileRestsUntil = now + min((now - start) * 2, .milliseconds(50))
        if isOthersDoing { repairBudget.spend(now - start, at: now) }
        if looksAgain { needsReconcile = true }
        switch outcome {
        case .success(let new):
            if report != nil, new.changesSent > 0 {
                if isOthersDoing { tellRepair(new.changesSent) }
                lastRepair = now
                log.debug("the data plane was changed", id: "dataplane-changed", ["changes": "\(new.changesSent)"])
            }
            tellProblems(of: new)
            tellNotes(of: new)
            report = new
            dataplaneProblem = nil
            reconcileFailures = new.failures.isEmpty ? 0 : reconcileFailures + 1
            if !new.failures.isEmpty { looksForOthers = true }
            writeSubnetFile(mtu: new.effectiveMTU)
            withdrawSubnetFiles()
            if keptRules == nil || keptRules != trafficRules { keepTrafficRules() }
        case .failure(let error):
            let problem = "\(error)"
            if case .underlayGone = error { selectUnderlay() }
            if dataplaneProblem != problem {
                log.error("the data plane cannot be put in place: \(problem); trying again", id: "dataplane-failed")
                publish(.dataplaneFailed, message: problem)
            }
            dataplaneProblem = problem
            looksForOthers = true
            reconcileFailures += 1
        }
        if needsReconcile {
            reconcileSoon()
        } else if reconcileFailures > 0 {
            let wait = Duration.milliseconds(250 << min(reconcileFailures - 1, 7))
            Task { [weak self] in
                try? await Task.sleep(for: wait)
                await self?.reconcileSoon()
            }
        }
        becomeReady()
    }

    private func tellProblems(of new: ReconcileReport) {
        let known = Set(report?.failures.map(\.description) ?? [])
        for failure in new.failures where !known.contains(failure.description) {
            log.warning("the kernel refused \(failure); trying again", id: "kernel-refused")
            publish(.dataplaneFailed, message: "the kernel refused \(failure)")
        }
        let skipped = Set(report?.skipped ?? [])
        for peer in new.skipped where !skipped.contains(peer) {
            log.warning(
                "no route to \(name(of: peer.nodeID)): \(peer.reason)", id: "peer-skipped")
        }
    }

    private func tellNotes(of new: ReconcileReport) {
        let known = Set(report?.notes ?? [])
        for note in new.notes where !known.contains(note) { log.warning("\(note)", id: "dataplane-note") }
    }

    private func writeSubnetFile(mtu: UInt32) {
        guard let settings = gossip.settings, let subnet = gossip.ledger?.heldClaim?.subnet else { return }
        let contents = LeaseForRuntimes(
            network: settings.pool.network, subnet: subnet, mtu: mtu, masquerades: context.masquerades)
        do {
            // Compared with the file itself, so that one that was deleted comes back.
            try context.subnetFile.write(contents)
            if let path = context.configuration.cniConfiguration { try CNIFile(path: path).write(contents) }
            wroteSubnet = contents
            subnetFileProblem = nil
        } catch {
            let problem = "\(error)"
            if subnetFileProblem != problem { log.error("\(problem); trying again", id: "subnet-file-failed") }
            subnetFileProblem = problem
        }
    }

    private func becomeReady() {
        if !isReady, wantsNoSubnet, report?.failures.isEmpty == true {
            isReady = true
            log.notice("ready: this node routes and holds no subnet", id: "ready")
            context.services.notify("READY=1\nSTATUS=holds no subnet")
            return
        }
        guard !isReady, let subnet = gossip.ledger?.heldClaim?.subnet, wroteSubnet?.subnet == subnet, let report,
            report.failures.isEmpty
        else { return }
        isReady = true
        verifyRestored()
        Task.detached(priority: .background) {
            try? await Task.sleep(for: StartMemory.settling)
            StartMemory.release()
        }
        log.notice("ready: this node holds \(subnet)", id: "ready", ["subnet": "\(subnet)"])
        context.services.notify("READY=1\nSTATUS=holds \(subnet)")
    }

    /// The node may have another address or interface now: look.
    func selectUnderlay() {
        lookForEndpoints()
        guard !isSelectingUnderlay else {
            needsUnderlayLook = true
            return
        }
        isSelectingUnderlay = true
        needsUnderlayLook = false
        let worker = context.dataplane
        Task { [weak self] in
            let outcome = await worker.selectUnderlay()
            await self?.selected(outcome)
        }
    }

    private func selected(_ outcome: Result<Underlay, UnderlaySelectionError>) {
        isSelectingUnderlay = false
        // Without an underlay nothing can be moved; what is there stays.
        if case .success(let found) = outcome { moved(to: found) }
        if needsUnderlayLook { selectUnderlay() }
    }

    private func moved(to found: Underlay) {
        guard found != underlay else { return }
        log.notice(
            "the underlay is now \(found.name) \(found.address)", id: "underlay-changed",
            ["interface": found.name, "address": "\(found.address)", "mtu": "\(found.mtu)"])
        underlay = found
        let publicIP = context.publicIP ?? .v4(found.address)
        if let backend = gossip.ledger?.own.backend {
            let endpoint = Endpoint(address: publicIP, port: context.bindPort)
            step(.ledger(.located(endpoint: endpoint, publicIP: publicIP, backend: backend)))
        }
        reconcileSoon()
    }
}
