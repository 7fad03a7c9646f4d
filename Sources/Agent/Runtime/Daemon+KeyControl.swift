internal import Addressing
internal import ControlAPI
internal import Gossip
internal import LeaseLedger

/// `leasectl key` and `leasectl node ban`.
extension Daemon {
    nonisolated func register(security registry: inout ControlRegistry) {
        registry.on(ControlMethods.keyList) { try await self.keyRing() }
        registry.on(ControlMethods.keyAdd) { try await self.addKey($0) }
        registry.on(ControlMethods.keyUse) { try await self.useKey($0) }
        registry.on(ControlMethods.keyRemove) { try await self.removeKey($0) }
        registry.on(ControlMethods.nodeBan) { try await self.banNode($0) }
    }

    // MARK: Keys

    var keyRingInfo: KeyRingInfo? {
        guard let state = keys.state else { return nil }
        let now = keyHolders
        let infos = state.ids.map { id in
            KeyRingInfo.Key(
                id: "\(id)", seals: id == state.sealingID, holders: now.count { $0.keys.contains("\(id)") },
                missing: now.filter { ($0.liveness == .alive || $0.liveness == .suspect) && !$0.keys.contains("\(id)") }
                    .map(\.node))
        }
        return KeyRingInfo(
            cluster: context.clusterName, sealing: "\(state.sealingID)", keys: infos, nodes: now)
    }

    private var keyHolders: [KeyRingInfo.Node] {
        let own = keys.state?.ids.map(\.description) ?? []
        return memberInfos().filter { $0.liveness != .banned }.map { member in
            let nodeID = NodeID(hexadecimal: member.nodeID)
            let shown = nodeID.flatMap { gossip.ledger?.table[$0]?.record.security?.keyIDs } ?? []
            return KeyRingInfo.Node(
                node: member.node, nodeID: member.nodeID, liveness: member.liveness,
                keys: nodeID == gossip.nodeID ? own : shown.map { KeyID(bits: $0).description })
        }
    }

    private func keyRing() throws -> KeyRingInfo {
        guard let info = keyRingInfo else {
            throw ControlError(.conflict, "the cluster is not sealed (--insecure): it has no keys")
        }
        return info
    }

    private func addKey(_ addition: KeyAddition) async throws -> KeyAddedInfo {
        let key: ClusterKey
        if let text = addition.key {
            // Never in the message.
            guard let given = ClusterKey(base64: text) else {
                throw ControlError(
                    .badRequest,
                    "the key is not \(ClusterKey.length) bytes in base64; make one with: leasectl key add --generate")
            }
            key = given
        } else {
            key = ClusterKey()
        }
        try await changeKeys { try $0.add(key) }
        return KeyAddedInfo(id: "\(key.id)", key: addition.key == nil ? key.base64 : nil, ring: try keyRing())
    }

    private func useKey(_ choice: KeyChoice) async throws -> KeyRingInfo {
        let id = try parse(choice)
        let missing = try keyRing().keys.first { $0.id == "\(id)" }?.missing ?? []
        if !missing.isEmpty, choice.force != true {
            throw ControlError(
                .conflict,
                "\(listed(missing)) would not understand key \(id) yet; wait until `leasectl key list` shows that all have it, or "
                    + "--force and let them catch up")
        }
        try await changeKeys { try $0.use(id) }
        return try keyRing()
    }

    private func removeKey(_ choice: KeyChoice) async throws -> KeyRingInfo {
        let id = try parse(choice)
        let ring = try keyRing()
        let behind = ring.nodes.filter { node in
            (node.liveness == .alive || node.liveness == .suspect) && !node.keys.isEmpty
                && node.keys.first != ring.sealing
        }.map(\.node)
        if !behind.isEmpty, "\(id)" != ring.sealing, choice.force != true {
            throw ControlError(
                .conflict,
                "\(listed(behind)) does not seal with key \(ring.sealing) yet and could be left behind; wait, or --force"
            )
        }
        try await changeKeys { try $0.remove(id) }
        return try keyRing()
    }

    private func parse(_ choice: KeyChoice) throws -> KeyID {
        guard let id = KeyID(parsing: choice.id.lowercased()) else {
            throw ControlError(
                .badRequest, "\(quoted(choice.id)) is not a key's id: eight hexadecimal digits; see: leasectl key list")
        }
        return id
    }

    private func listed(_ names: [String]) -> String {
        let shown = names.prefix(8).joined(separator: ", ")
        return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
    }

    // MARK: Bans

    private func banNode(_ request: BanRequest) async throws -> BanInfo {
        let nodeID = try nodeID(named: request.node)
        guard nodeID != gossip.nodeID else {
            throw ControlError(.conflict, "this is \(name(of: nodeID)) itself: ban it from another node")
        }
        let member = memberInfos().first { $0.nodeID == nodeID.description }
        let wasBanned = gossip.ledger?.table.isBanned(nodeID) == true
        let info = BanInfo(
            node: member?.node ?? nodeID.short, nodeID: nodeID.description,
            subnet: gossip.ledger?.table.standingClaim(of: nodeID)?.claim.subnet.description,
            liveness: member?.liveness ?? .unreachable, alreadyBanned: wasBanned, dryRun: request.dryRun == true,
            advice: banAdvice)
        guard !wasBanned, request.dryRun != true else { return info }
        step(.ban(nodeID))
        guard gossip.ledger?.table.isBanned(nodeID) == true else {
            throw ControlError(
                .unavailable, "this node does not know the cluster's settings yet; try again, or on another node")
        }
        // It stands on this node's disk before the operator hears that it is done.
        try await saveRevocationsNow()
        return info
    }

    private var banAdvice: String {
        keys.state == nil
            ? "the cluster is not sealed: the machine can come back under a new identity"
            : "it still knows the cluster key and could come back under a new identity: rotate the key now with "
                + "`leasectl key add --generate`, `key use`, `key remove`"
    }

    private func nodeID(named text: String) throws -> NodeID {
        let wanted = text.lowercased()
        let members = memberInfos()
        var found = members.filter { $0.node == text || $0.nodeID == wanted }
        if found.isEmpty, wanted.utf8.count >= 8 { found = members.filter { $0.nodeID.hasPrefix(wanted) } }
        if found.count > 1 {
            let ids = found.map { "\($0.node) \($0.nodeID)" }.joined(separator: ", ")
            throw ControlError(.conflict, "\(quoted(text)) means more than one node: \(ids); give the nodeID")
        }
        // A node that this one does not know can be banned by its whole nodeID.
        if let nodeID = found.first.flatMap({ NodeID(hexadecimal: $0.nodeID) }) ?? NodeID(hexadecimal: wanted) {
            return nodeID
        }
        throw ControlError(.notFound, "there is no node \(quoted(text)); see: leasectl members")
    }

    func tellBanned(_ nodeID: NodeID) {
        let label = name(of: nodeID)
        let isSelf = nodeID == gossip.nodeID
        let message =
            isSelf
            ? "this node is banned from the cluster; nobody hears it any more. If that was a mistake, remove "
                + "\(context.configuration.stateDirectory)/identity and start again with a token: it returns as a new node"
            : "\(label) is banned: its identity is refused and its claim revoked"
        log.error(message, id: "member-banned", ["nodeID": nodeID.description])
        context.publish(
            EventInfo(
                kind: .memberBanned, node: label, nodeID: nodeID.description, message: message))
        scheduleFlush()
    }
}
