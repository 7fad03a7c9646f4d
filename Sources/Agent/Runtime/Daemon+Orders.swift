internal import Addressing
internal import Gossip
internal import LeaseLedger

/// Orders to other nodes: sent as gossip, answered as an input.
extension Daemon {
    /// Asks a node to obey, or only what it would do.
    func order(_ order: LeaseOrder, to target: NodeID, onlyAsking: Bool) async -> OrderReply {
        await withCheckedContinuation { waiting in
            let number = UInt64.random(in: .min ... .max)
            waitingOrders[number] = waiting
            step(.order(order, to: target, number: number, onlyAsking: onlyAsking))
        }
    }

    func orderAnswered(_ number: UInt64, _ reply: OrderReply) {
        waitingOrders.removeValue(forKey: number)?.resume(returning: reply)
    }
}

extension LeaseOrder {
    /// leasectl's command.
    var name: String {
        switch self {
        case .pin, .takeAny: "reserve"
        case .release: "release"
        case .leave: "leave"
        case .drain: "drain"
        }
    }

    /// For people.
    var words: String {
        switch self {
        case .pin(let subnet): "hold \(subnet)"
        case .takeAny: "hold any subnet"
        case .release: "give the subnet back"
        case .leave: "leave for good"
        case .drain: "move to another subnet"
        }
    }
}

extension SignedRevocation.Reason {
    /// For people.
    var words: String {
        switch self {
        case .operatorRequest: "by an operator"
        case .poolPressure: "its owner was absent and the pool full"
        case .banned: "its owner is banned"
        case .forgotten: "by an operator who put its owner out of sight"
        }
    }
}
