internal import Addressing
internal import LeaseLedger

/// An operator's order to another node: one datagram to it, repeated until it is answered. That it opens shows that its
/// sender has the cluster's key, as any member. It names the run of the receiver that it is meant for, so that one that was
/// recorded long ago does nothing to a later run; one that comes twice to the same run is answered twice and obeyed once.
extension Gossip {
    private static let mostPending = 64
    private static let mostAnswered = 64
    private static let mostAttempts = 12
    private static let retry = Duration.milliseconds(250)

    /// - Parameter onlyAsking: what it would lead to, without doing it.
    mutating func order(_ order: LeaseOrder, to target: NodeID, number: UInt64, onlyAsking: Bool, _ now: Instant) {
        guard let member = members[target] else { return effects.append(.orderAnswered(number, .unknown)) }
        guard member.liveness.isLive else { return effects.append(.orderAnswered(number, .absent)) }
        guard orders.count < Self.mostPending, orders[number] == nil else {
            return effects.append(.orderAnswered(number, .unanswered))
        }
        orders[number] = PendingOrder(target: target, order: order, onlyAsking: onlyAsking, nextAttempt: now)
        advanceOrders(now)
    }

    mutating func advanceOrders(_ now: Instant) {
        for (number, pending) in orders where pending.nextAttempt <= now {
            guard pending.attempts < Self.mostAttempts, let member = members[pending.target],
                let run = ledger?.table[pending.target]?.version.runNonce
            else {
                orders[number] = nil
                effects.append(.orderAnswered(number, .unanswered))
                continue
            }
            orders[number]?.attempts += 1
            orders[number]?.nextAttempt = now + Self.retry
            let message = GossipMessage.order(
                pending.order, number: number, run: run, onlyAsking: pending.onlyAsking)
            send([message], to: member.endpoint)
        }
    }

    var nextOrderAttempt: Instant? { orders.values.lazy.map(\.nextAttempt).min() }

    mutating func take(
        _ order: LeaseOrder, number: UInt64, run: UInt64, onlyAsking: Bool, from sender: NodeID, _ now: Instant
    ) {
        guard run == configuration.identity.runNonce, let endpoint = members[sender]?.endpoint, let ledger else {
            return
        }
        let known = answeredOrders.first { $0.sender == sender && $0.number == number }
        let outcome = known?.outcome ?? ledger.outcome(of: order)
        if known == nil, !onlyAsking {
            answeredOrders.append(AnsweredOrder(sender: sender, number: number, outcome: outcome))
            if answeredOrders.count > Self.mostAnswered { answeredOrders.removeFirst() }
            if !outcome.isRefusal {
                effects.append(.event(.ordered(order, by: sender)))
                feed(.order(order), now)
            }
        }
        send([.orderAnswered(outcome, number: number)], to: endpoint)
    }

    mutating func answered(_ outcome: OrderOutcome, number: UInt64, by sender: NodeID) {
        guard orders[number]?.target == sender else { return }
        orders[number] = nil
        effects.append(.orderAnswered(number, .answered(outcome)))
    }

    /// Takes those out of sight that an operator has put there, unless they take part.
    mutating func hideForgotten() {
        guard let table = ledger?.table else { return }
        for subject in Set(table.revocations.keys.map(\.nodeID)) where table.isForgotten(subject) {
            guard let member = members[subject], !member.liveness.isLive || member.isAssumed else { continue }
            hide(subject)
        }
    }

    mutating func hide(_ subject: NodeID) {
        members[subject] = nil
        probeOrder.remove(subject)
        contacts.removeAll { $0 == subject }
    }
}
