internal import Addressing
internal import ControlAPI
internal import Gossip
internal import Inspection
internal import LeaseLedger

/// What an operator can do about leases. Each asks first what it would lead to; that is all of a dry run.
extension Daemon {
    nonisolated func registerOperations(_ registry: inout ControlRegistry) {
        registry.on(ControlMethods.reserve) { try await self.reserve($0) }
        registry.on(ControlMethods.release) { try await self.carryOut(.release, $0) }
        registry.on(ControlMethods.drain) { try await self.carryOut(.drain, $0) }
        registry.on(ControlMethods.leave) { try await self.carryOut(.leave, $0) }
        registry.on(ControlMethods.revoke) { try await self.revoke($0) }
        registry.on(ControlMethods.forgetNode) { try await self.forget($0) }
        registry.on(ControlMethods.replaceNode) { try await self.replace($0) }
        registry.on(ControlMethods.explain) { try await self.explain($0) }
        registry.on(ControlMethods.events) { try await self.journalEvents($0) }
    }

    private func reserve(_ request: LeaseRequest) async throws -> LeaseChange {
        guard let text = request.subnet else {
            throw ControlError(.badRequest, "name the subnet to reserve, or any")
        }
        return try await carryOut(text == "any" ? .takeAny : .pin(try block(text)), request)
    }

    /// Gives an order to this node or to another.
    private func carryOut(_ order: LeaseOrder, _ request: LeaseRequest) async throws -> LeaseChange {
        let target = try node(request.node ?? "self", preferring: .live)
        return try await carryOut(order, on: target, dryRun: request.dryRun ?? false)
    }

    /// Few parameters, on purpose: with one that does not fit into the registers, Swift 6.3.1 without optimisation breaks the
    /// stack when the call has been made.
    private func carryOut(_ order: LeaseOrder, on target: NodeID, dryRun: Bool) async throws -> LeaseChange {
        let former = try table.standingClaim(of: target)?.claim
        let outcome = try await obeyed(order, by: target, dryRun: dryRun)
        var change = LeaseChange(
            operation: order.name, node: name(of: target), nodeID: target.description, state: .done,
            formerSubnet: former?.subnet.description, formerEpoch: former?.epoch, dryRun: dryRun, message: "")
        try describe(outcome, order, &change)
        return change
    }

    private func obeyed(_ order: LeaseOrder, by target: NodeID, dryRun: Bool) async throws -> OrderOutcome {
        if target == gossip.nodeID { return try obeyHere(order, dryRun: dryRun) }
        switch await self.order(order, to: target, onlyAsking: dryRun) {
        case .answered(let outcome): return outcome
        case .unknown: throw ControlError(.notFound, "\(shown(target)) is not known here any more")
        case .absent:
            throw ControlError(
                .unhealthy,
                "\(shown(target)) is not reachable, and only it changes its own claim: try again when it is back, or take "
                    + "its claim back with `leasectl revoke \(target.short)`")
        case .unanswered:
            throw ControlError(.timedOut, "\(shown(target)) counts as alive and has not answered; try again")
        }
    }

    private func obeyHere(_ order: LeaseOrder, dryRun: Bool) throws -> OrderOutcome {
        guard let outcome = gossip.ledger?.outcome(of: order) else { throw notSettled }
        if !dryRun, !outcome.isRefusal {
            log.notice("the operator orders: \(order.words)", id: "ordered")
            step(.ledger(.order(order)))
        }
        return outcome
    }

    private func describe(_ outcome: OrderOutcome, _ order: LeaseOrder, _ change: inout LeaseChange) throws {
        let node = quoted(change.node)
        switch outcome {
        case .unchanged:
            change.state = .unchanged
            change.subnet = change.formerSubnet
            change.message = "nothing to do for \(node)"
        case .pins(let subnet):
            change.subnet = subnet.description
            change.message = "\(node) keeps \(subnet), static"
        case .claims(let subnet):
            change.state = change.formerSubnet == subnet.description ? .done : .pending
            change.subnet = subnet.description
            change.message = change.state == .done ? "\(node) keeps \(subnet)" : "\(node) claims \(subnet)"
        case .moves(let subnet):
            change.state = .pending
            change.subnet = subnet.description
            let former = change.formerSubnet ?? "its subnet"
            change.message = "\(node) claims \(subnet), and gives \(former) back once that is confirmed"
        case .waits(let subnet, let holder):
            change.state = .waiting
            change.subnet = subnet.description
            change.heldBy = EventInfo.Party(node: name(of: holder), nodeID: holder.description)
            change.message =
                "\(shown(holder)) holds \(subnet): \(node) keeps what it has and takes it when it is free; "
                + "`leasectl revoke \(subnet)` takes it back"
        case .gives(let subnet):
            change.message = subnet.map { "\(node) gives \($0) back" } ?? "\(node) holds nothing, and will not"
            change.message += order == .leave ? " and leaves for good" : " and takes no other until told so"
        case .outsidePool(let subnet):
            throw ControlError(.badRequest, "\(subnet) is none of the cluster's subnets\(poolWords)")
        case .poolFull: throw ControlError(.poolExhausted, "no other subnet is free")
        case .holdsNothing: throw ControlError(.conflict, "\(node) holds no subnet")
        case .isPinned(let subnet):
            throw ControlError(
                .conflict,
                "\(node) is to hold \(subnet) and no other; `leasectl reserve \(change.nodeID.prefix(8)) any` ends that"
            )
        case .notReady: throw ControlError(.conflict, "\(node) has not settled yet; try again in a few seconds")
        }
    }

    private var poolWords: String {
        guard let pool = gossip.ledger?.pool else { return "" }
        return ": give a /\(pool.subnetLength) from \(pool.subnetMin) to \(pool.subnetMax)"
    }

    // MARK: What needs no consent of the node

    private func revoke(_ request: LeaseRequest) throws -> LeaseChange {
        let claimant: Claimant
        if let text = request.subnet {
            guard let owner = try table.owner(of: try block(text)) else {
                throw ControlError(.notFound, "nobody holds \(quoted(text)); see `leasectl list`")
            }
            claimant = owner
        } else {
            let target = try node(request.node ?? "", preferring: nil)
            guard let claim = try table.standingClaim(of: target) else {
                throw ControlError(.notFound, "\(shown(target)) holds no subnet")
            }
            claimant = claim
        }
        let dryRun = request.dryRun ?? false
        if !dryRun { step(.ledger(.revoke(claimant.nodeID, forget: false))) }
        let isLive = takesPart(claimant.nodeID)
        return LeaseChange(
            operation: "revoke", node: name(of: claimant.nodeID), nodeID: claimant.nodeID.description, state: .done,
            formerSubnet: claimant.claim.subnet.description, formerEpoch: claimant.claim.epoch, dryRun: dryRun,
            message: "takes \(claimant.claim.subnet) back from \(shown(claimant.nodeID)), which "
                + (isLive ? "claims another and whose containers keep the old addresses" : "finds out when it is back"))
    }

    private func forget(_ request: LeaseRequest) throws -> LeaseChange {
        let target = try node(request.node ?? "", preferring: .absent)
        guard !takesPart(target) else {
            throw ControlError(.conflict, "\(shown(target)) is alive; stop it first, or `leasectl leave` on it")
        }
        let former = try table.standingClaim(of: target)?.claim
        let dryRun = request.dryRun ?? false
        var change = LeaseChange(
            operation: "forget", node: name(of: target), nodeID: target.description, state: .done,
            formerSubnet: former?.subnet.description, formerEpoch: former?.epoch, dryRun: dryRun,
            message: "forgets \(shown(target))" + (former.map { " and takes \($0.subnet) back" } ?? ""))
        if !dryRun { step(.ledger(.revoke(target, forget: true))) }
        change.message += "; if it comes back it is a member again"
        return change
    }

    /// The successor is pinned to the subnet before the predecessor loses it, so that nobody else with a choice takes it.
    private func replace(_ request: LeaseRequest) async throws -> LeaseChange {
        let old = try node(request.node ?? "", preferring: .absent)
        let new = try node(request.successor ?? "", preferring: .live)
        guard old != new else { throw ControlError(.badRequest, "a node does not replace itself") }
        guard !takesPart(old) else {
            throw ControlError(
                .conflict, "\(shown(old)) is alive: stop it first; a subnet is only taken over from an absent node")
        }
        guard let claim = try table.standingClaim(of: old)?.claim else {
            throw ControlError(.notFound, "\(shown(old)) holds no subnet to take over")
        }
        let dryRun = request.dryRun ?? false
        var change = try await carryOut(.pin(claim.subnet), on: new, dryRun: dryRun)
        change.operation = "replace"
        if !dryRun { step(.ledger(.revoke(old, forget: true))) }
        change.state = change.state == .unchanged ? .unchanged : .pending
        change.heldBy = nil
        change.message = "\(shown(new)) takes \(claim.subnet) over from \(shown(old)), which is forgotten"
        return change
    }

    // MARK: Who is meant

    enum Preference {
        case live
        case absent
    }

    /// A node by "self", name, nodeID or the beginning of that. Of several with one name the only one that is live, or
    /// absent, if that is what the operation is for.
    func node(_ text: String, preferring preference: Preference?) throws(ControlError) -> NodeID {
        if text == "self" { return gossip.nodeID }
        return try table.node(
            called: text, preferring: preference.map { wanted in { self.takesPart($0) == (wanted == .live) } })
    }

    func takesPart(_ nodeID: NodeID) -> Bool {
        nodeID == gossip.nodeID || gossip.members[nodeID]?.liveness.isLive == true
    }

    private func shown(_ nodeID: NodeID) -> String { "\(quoted(name(of: nodeID))) (\(nodeID.short))" }

    private var notSettled: ControlError {
        ControlError(.unavailable, "this node has not joined its cluster yet; try again in a few seconds")
    }

    var table: RecordTable {
        get throws(ControlError) {
            guard let table = gossip.ledger?.table else { throw notSettled }
            return table
        }
    }

    func block(_ text: String) throws(ControlError) -> IPv4Block {
        do {
            return try IPv4Block(parsing: text)
        } catch {
            throw ControlError(.badRequest, error.description)
        }
    }
}
