internal import ControlAPI

/// What this node thinks of another, as a class of the style sheet and as a shape: colour alone says nothing to many.
enum NodeState: String, CaseIterable {
    case alive, suspect, unreachable, left

    /// What a newer feltd may say is shown as the worst.
    init(_ liveness: Liveness) {
        self = NodeState(rawValue: liveness.rawValue) ?? .unreachable
    }

    /// The shape, about a point; this node wears a ring.
    func mark(_ size: Double, isSelf: Bool = false) -> String {
        let unit = { (factor: Double) in Shown.decimal(size * factor, 1) }
        let ring = isSelf ? "<circle class=\"ring\" r=\"\(unit(1.9))\"/>" : ""
        return switch self {
        case .alive: "\(ring)<circle class=\"fill\" r=\"\(unit(1))\"/>"
        case .suspect:
            "\(ring)<path class=\"fill\" d=\"M0-\(unit(1.3))L\(unit(1.25)) \(unit(0.95))H-\(unit(1.25))z\"/>"
        case .unreachable:
            "\(ring)<path class=\"line\" d=\"M-\(unit(0.9))-\(unit(0.9))L\(unit(0.9)) \(unit(0.9))"
                + "M-\(unit(0.9)) \(unit(0.9))L\(unit(0.9))-\(unit(0.9))\"/>"
        case .left: "\(ring)<circle class=\"line\" r=\"\(unit(0.85))\"/>"
        }
    }

    /// The shape inside a line of text.
    func icon(isSelf: Bool = false) -> String {
        "<svg class=\"icon \(rawValue)\(isSelf ? " self" : "")\" viewBox=\"-10 -10 20 20\" aria-hidden=\"true\">"
            + "\(mark(isSelf ? 4.6 : 6, isSelf: isSelf))</svg>"
    }
}
