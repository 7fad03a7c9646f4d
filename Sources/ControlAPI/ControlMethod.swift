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
    package static let token = ControlMethod<NoParameters, TokenInfo>("token")
    /// Answered by the server itself, again and again.
    package static let watch = ControlMethod<NoParameters, EventInfo>("watch")

    /// What members of the socket's group may ask; everything else changes something or reveals a secret, and is for the
    /// daemon's own user and root.
    package static let forReaders: Set<String> = [
        hello.name, version.name, list.name, get.name, members.name, status.name, watch.name,
    ]
}

package struct NoParameters: Codable, Hashable, Sendable {
    package init() {}
}
