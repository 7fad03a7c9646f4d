/// How much an event matters to who reads a list of many.
package enum EventGravity: String, Sendable {
    /// Something to look at before long, such as a subnet that was lost.
    case bad
    /// It may pass by itself.
    case warn
    case calm
}

extension EventKind {
    package var gravity: EventGravity {
        switch self {
        case .lost, .revoked, .exhausted, .memberUnreachable, .dataplaneFailed, .storeProblem: .bad
        case .memberSuspect, .isolated, .nameConflict, .identityChanged, .dataplaneRepaired: .warn
        default: .calm
        }
    }
}
