/// A method by its name, with the types of its parameters and result. A new one is one more constant here, a handler in
/// the daemon's registry, and a command.
package struct ControlMethod<Parameters: Codable & Sendable, Result: Codable & Sendable>: Sendable {
    package let name: String

    package init(_ name: String) { self.name = name }
}

/// The methods of this release.
package enum ControlMethods {
    /// Greets: tells the daemon's release, protocol and methods. It may come first, and need not.
    package static let hello = ControlMethod<NoParameters, VersionInfo>("hello")
    package static let version = ControlMethod<NoParameters, VersionInfo>("version")
    package static let list = ControlMethod<NoParameters, [LeaseInfo]>("list")
    package static let get = ControlMethod<LeaseSelection, LeaseInfo>("get")
    package static let members = ControlMethod<NoParameters, [MemberInfo]>("members")
    package static let status = ControlMethod<NoParameters, StatusInfo>("status")
    /// What this node's kernel should hold for its peers.
    package static let dataplane = ControlMethod<DataplaneQuery, DataplaneInfo>("dataplane")
    package static let token = ControlMethod<NoParameters, TokenInfo>("token")
    package static let keyList = ControlMethod<NoParameters, KeyRingInfo>("keyList")
    package static let keyAdd = ControlMethod<KeyAddition, KeyAddedInfo>("keyAdd")
    package static let keyUse = ControlMethod<KeyChoice, KeyRingInfo>("keyUse")
    package static let keyRemove = ControlMethod<KeyChoice, KeyRingInfo>("keyRemove")
    package static let nodeBan = ControlMethod<BanRequest, BanInfo>("nodeBan")
    // Operations. Each takes `dryRun`.
    package static let reserve = ControlMethod<LeaseRequest, LeaseChange>("reserve")
    package static let release = ControlMethod<LeaseRequest, LeaseChange>("release")
    package static let revoke = ControlMethod<LeaseRequest, LeaseChange>("revoke")
    package static let drain = ControlMethod<LeaseRequest, LeaseChange>("drain")
    package static let leave = ControlMethod<LeaseRequest, LeaseChange>("leave")
    package static let replaceNode = ControlMethod<LeaseRequest, LeaseChange>("replaceNode")
    package static let forgetNode = ControlMethod<LeaseRequest, LeaseChange>("forgetNode")
    package static let explain = ControlMethod<LeaseSelection, Explanation>("explain")
    package static let events = ControlMethod<EventSelection, [EventInfo]>("events")
    /// Answered by the server itself, again and again.
    package static let watch = ControlMethod<NoParameters, EventInfo>("watch")

    /// What members of the socket's group may ask; everything else changes something or reveals a secret, and is for the
    /// daemon's own user and root.
    package static let forReaders: Set<String> = [
        hello.name, version.name, list.name, get.name, members.name, status.name, watch.name, dataplane.name,
        explain.name, events.name, keyList.name,
    ]
}

package struct NoParameters: Codable, Hashable, Sendable {
    package init() {}
}
