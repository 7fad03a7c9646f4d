internal import LeaseLedger
internal import LeaseStore
internal import Logging

/// Who the node is.
extension Launcher {
    /// The machine's identity: read, or made where there is none or it is not this machine's.
    func loadIdentity(
        _ session: inout Session, retiring retirement: IdentityFile.Retirement?
    ) throws(StartFailure) -> NodeIdentity {
        let file = IdentityFile(stateDirectory: configuration.stateDirectory)
        let fingerprint = MachineFingerprint.read()
        session.hasLostItsMemory = false
        do {
            if let retirement { try file.setAside(retirement) }
            let stored = try file.read()
            if stored.fingerprint == fingerprint, let identity = NodeIdentity(privateKeyBytes: stored.privateKey) {
                recognise(identity, in: &session)
                return identity
            }
            let kept = try file.setAside(.cloned)
            log.error(
                "the identity was made on another machine (a cloned disk?); it is kept as \(kept), this machine takes a new "
                    + "identity and subnet", id: "identity-cloned", ["path": kept])
        } catch {
            switch error.kind {
            case .missing: tellOfLostIdentity(session.state.own, path: file.path, retirement)
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
        disown(&session)
        return identity
    }

    /// Whether the database is this node's; what another node left in it (a copied directory) is that one's.
    private func recognise(_ identity: NodeIdentity, in session: inout Session) {
        guard let own = session.state.own else {
            // Peers would be there if the node had ever met any: then they know the rest.
            session.hasLostItsMemory = true
            return
        }
        guard own.nodeID != identity.nodeID, !own.isForWhoeverStarts else { return }
        log.warning(
            "the database belongs to node \(own.nodeID.short), not to this one; its claim is left to that node",
            id: "store-of-another-node")
        disown(&session)
        session.hasLostItsMemory = true
    }

    /// What the store says of its own node is another's from here on: a claim that stays, and is not this node's.
    private func disown(_ session: inout Session) {
        guard let own = session.state.own, !own.isForWhoeverStarts else { return }
        if let record = own.record {
            session.strangers.append(StoredPeer(record: record, incarnation: own.incarnationReserved))
        }
        session.state.own = nil
    }

    private func tellOfLostIdentity(_ own: OwnState?, path: String, _ retirement: IdentityFile.Retirement?) {
        guard retirement == nil, let own, !own.isForWhoeverStarts else { return }
        let claim = own.claim.map { "; \($0.subnet) stays with node \(own.nodeID), absent until it is revoked" } ?? ""
        log.error(
            "the identity file \(path) is gone; this node takes a new identity\(claim). Put the file back to undo it",
            id: "identity-lost", ["path": path, "nodeID": own.nodeID.description])
    }
}

extension IdentityError.Kind {
    fileprivate var retirement: IdentityFile.Retirement {
        if case .exposed = self { .exposed } else { .damaged }
    }
}
