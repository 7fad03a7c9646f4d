internal import Addressing
internal import ControlAPI
internal import Dataplane
internal import Gossip
internal import LeaseLedger
internal import LeaseStore
internal import Logging

/// What happened, told to the log, to those who watch, and to the journal.
extension Daemon {
    func name(of nodeID: NodeID) -> String {
        if let name = gossip.ledger?.table.banned[nodeID], !name.isEmpty { return name }
        let record = gossip.ledger?.table[nodeID]?.record ?? gossip.ledger?.own
        return record?.nodeID == nodeID ? record?.name ?? nodeID.short : nodeID.short
    }

    func tell(_ event: NodeEvent) {
        switch event {
        case .lease(let event): tell(event)
        case .liveness(let nodeID, let liveness):
            tell(nodeID, liveness)
            // Of two nodes with one MAC address, the live one is routed to.
            if report?.skipped.contains(where: \.isAClash) == true { reconcileSoon() }
        case .foreignSettings(let endpoint):
            log.warning(
                "\(endpoint) belongs to a cluster with other network settings; nothing is exchanged with it",
                id: "foreign-settings")
        case .tunnelAddressYielded(let shared, let peer, let fresh): tellYielded(shared, to: peer, fresh)
        case .banned(let nodeID): tellBanned(nodeID)
        case .membersFull(let nodeID):
            let message =
                "there are more members than this network can have; \(nodeID.short) is not taken. Is a node making them up? "
                + "See `leasectl members`, ban it and rotate the key"
            log.error(message, id: "members-full")
            publish(.membersFull, message: message)
        case .ordered(let order, let sender):
            log.notice("\(name(of: sender)) orders: \(order.words)", id: "ordered", ["node": "\(sender)"])
        case .protocolVersion(let version, let endpoint):
            log.warning(
                "\(endpoint) speaks gossip protocol \(version), this release \(DatagramHeader.protocolVersion); nothing "
                    + "is exchanged with it: bring both to neighbouring releases", id: "protocol-version")
        }
    }

    private func tellYielded(_ shared: MACAddress, to peer: NodeID, _ fresh: MACAddress) {
        let message =
            "\(name(of: peer)) has this node's VTEP MAC address \(shared) too (a copied disk?); this node takes \(fresh)"
        log.warning(message, id: "vtep-address-shared", ["node": "\(peer)"])
        publish(.addressChanged, message: message)
        own.vtepMAC = fresh
        persistOwn(announcing: nil)
        reconcileSoon()
    }

    private func tell(_ nodeID: NodeID, _ liveness: MemberLiveness) {
        let node = name(of: nodeID)
        let (kind, message): (EventKind, String) =
            switch liveness {
            case .alive: (.memberAlive, "\(node) is alive")
            case .suspect: (.memberSuspect, "\(node) does not answer")
            case .unreachable: (.memberUnreachable, "\(node) is unreachable; its routes stay")
            case .left: (.memberLeft, "\(node) has stopped; its lease stays")
            }
        record(
            EventInfo(kind: kind, node: node, nodeID: nodeID.description, message: message),
            level: liveness == .unreachable ? .warning : .info, isLeaseHistory: false)
    }

    /// What a change of subnet asks of the operator.
    private static let advice = ". Containers that run keep the old addresses and are cut off: restart them"

    private func tell(_ event: LeaseEvent) {
        let (info, level) = describe(event)
        record(info, level: level, isLeaseHistory: true)
    }

    private func describe(_ event: LeaseEvent) -> (EventInfo, Logger.Level) {
        let me = (node: name(of: gossip.nodeID), id: gossip.nodeID.description)
        func mine(_ kind: EventKind, _ subnet: IPv4Block?, _ message: String, other: NodeID? = nil, by: String? = nil)
            -> EventInfo
        {
            EventInfo(
                kind: kind, subnet: subnet?.description, node: me.node, nodeID: me.id, message: message,
                other: other.map { EventInfo.Party(node: name(of: $0), nodeID: $0.description) }, by: by)
        }
        func theirs(_ kind: EventKind, _ nodeID: NodeID, _ subnet: IPv4Block?, _ message: String) -> EventInfo {
            EventInfo(
                kind: kind, subnet: subnet?.description, node: name(of: nodeID), nodeID: nodeID.description,
                message: message)
        }
        switch event {
        case .claimed(let subnet): return (mine(.claimed, subnet, "claimed \(subnet)"), .info)
        case .confirmed(let subnet): return (mine(.confirmed, subnet, "\(subnet) is confirmed"), .notice)
        case .isolated(let subnet):
            return (mine(.isolated, subnet, "holds \(subnet) alone: no peer was heard"), .notice)
        case .lost(let subnet, let winner, let by):
            let message =
                "lost \(subnet) to \(name(of: winner)) (\(winner.short)) by \(by.rawValue); claiming another\(Self.advice)"
            return (mine(.lost, subnet, message, other: winner, by: by.rawValue), .warning)
        case .revoked(let subnet, let reason):
            return (
                mine(.revoked, subnet, "\(subnet) was revoked (\(reason.words)); claiming another\(Self.advice)"),
                .warning
            )
        case .released(let subnet): return (mine(.released, subnet, "gave \(subnet) back"), .notice)
        case .moved(let old, let new):
            return (mine(.moved, new, "moved from \(old) to \(new); \(old) is given back\(Self.advice)"), .notice)
        case .waiting(let subnet, let holder):
            let message = "waits for \(subnet), which \(name(of: holder)) holds; keeps what it has"
            return (mine(.waiting, subnet, message, other: holder), .notice)
        case .exhausted:
            let message = "no subnet is free; waiting for one. Release one, or make the network larger"
            return (mine(.exhausted, nil, message), .error)
        case .adopted(let version):
            let message = "peers hold a newer record of this node (\(version)) than its own disk; it is adopted"
            return (mine(.identityChanged, nil, message), .warning)
        case .leaseAdded(let nodeID, let subnet):
            return (theirs(.leaseAdded, nodeID, subnet, "\(name(of: nodeID)) holds \(subnet)"), .info)
        case .leaseChanged(let nodeID, let subnet):
            return (theirs(.leaseChanged, nodeID, subnet, "\(name(of: nodeID))'s backend has changed"), .info)
        case .leaseRemoved(let nodeID, let subnet):
            return (theirs(.leaseRemoved, nodeID, subnet, "\(name(of: nodeID)) no longer holds \(subnet)"), .info)
        case .leaseRevoked(let nodeID, let subnet, let reason):
            let message = "\(name(of: nodeID))'s claim on \(subnet) was revoked (\(reason.words))"
            return (theirs(.leaseRevoked, nodeID, subnet, message), .notice)
        case .conflict(let subnet, let winner, let loser, let by):
            var info = theirs(
                .leaseChanged, winner, subnet,
                "\(name(of: winner)) and \(name(of: loser)) both claim \(subnet); the first precedes by \(by.rawValue)")
            info.other = EventInfo.Party(node: name(of: loser), nodeID: loser.description)
            info.by = by.rawValue
            return (info, .warning)
        case .addressChanged(let nodeID, let from, let to):
            return (
                theirs(.addressChanged, nodeID, nil, "\(name(of: nodeID)) has moved from \(from) to \(to)"), .notice
            )
        case .nameConflict(let name, let first, let second):
            var info = theirs(
                .nameConflict, first, nil,
                "\(first.short) and \(second.short) are both called \(quoted(name)); give one another --name")
            info.other = EventInfo.Party(node: name, nodeID: second.description)
            return (info, .warning)
        }
    }

    private func record(_ info: EventInfo, level: Logger.Level, isLeaseHistory: Bool) {
        var details: [String: String] = [:]
        if let subnet = info.subnet { details["subnet"] = subnet }
        if let node = info.node { details["node"] = node }
        if let other = info.other { details["other"] = "\(other.node) \(other.nodeID)" }
        log.log(level, info.message, id: info.kind.rawValue, details)
        context.publish(info)
        guard isLeaseHistory else { return }
        journal.append(
            JournalEvent(
                kind: info.kind.rawValue, json: info.json.line,
                bootSeconds: UInt64(max(clock.now.nanoseconds, 0) / 1_000_000_000)))
        if journal.count > LeaseStore.journalLength { journal.removeFirst() }
        scheduleFlush()
    }

    func publish(_ kind: EventKind, message: String) {
        let node = name(of: gossip.nodeID)
        context.publish(
            EventInfo(kind: kind, node: node, nodeID: gossip.nodeID.description, message: message))
    }
}
