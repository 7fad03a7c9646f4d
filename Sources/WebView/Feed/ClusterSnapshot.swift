package import ControlAPI

/// The cluster as one feltd sees it, at one moment.
package struct ClusterSnapshot: Sendable {
    package var version: VersionInfo?
    package var status: StatusInfo?
    /// In feltd's order: by subnet, and where claims overlap the winner first.
    package var leases: [LeaseInfo] = []
    package var members: [MemberInfo] = []
    /// Why something is missing or old, in a sentence; `nil` when all is there.
    package var problem: String?
    /// Whether feltd told its status just now. Otherwise what is shown is what it told last.
    package var isUp = false
    /// Seconds since feltd told what is shown; `nil` before it ever did.
    package var ageSeconds: Double?

    package init() {}

    /// Why the node is not ready, in a sentence; `nil` when it is.
    package var unreadiness: String? {
        guard isUp, let status else { return problem ?? "feltd has not been asked yet" }
        if status.ready { return nil }
        var reasons = ["feltd is not ready: its state is \(status.state)"]
        if status.lease == nil { reasons.append("it holds no lease") }
        if let failure = status.dataplane.failures.first { reasons.append("\(failure.subject): \(failure.message)") }
        if let problem = status.store.problem { reasons.append("its store: \(problem)") }
        return reasons.joined(separator: "; ")
    }
}
