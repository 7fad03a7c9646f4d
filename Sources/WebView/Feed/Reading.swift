package import ControlAPI

/// What feltd answered when it was asked once.
package struct Reading: Sendable {
    package var version: VersionInfo?
    package var status: StatusInfo?
    package var leases: [LeaseInfo]?
    package var members: [MemberInfo]?
    /// Why something is missing, in a sentence.
    package var problem: String?

    package init(
        version: VersionInfo? = nil, status: StatusInfo? = nil, leases: [LeaseInfo]? = nil,
        members: [MemberInfo]? = nil, problem: String? = nil
    ) {
        self.version = version
        self.status = status
        self.leases = leases
        self.members = members
        self.problem = problem
    }
}
