internal import Addressing
package import Netlink

/// What is to be done about the VXLAN device before anything on it is looked at.
package enum DevicePlan: Hashable, Sendable {
    /// It is as it should be, or should not be and is not.
    case keep
    /// It fits and is adopted; these are put right in place. A new MAC address or down and up empty its tables.
    case configure(Link, LinkSettings)
    /// The first is in the way of the second, or is ours and no longer wanted.
    case replace(Link?, by: DesiredDevice?)
}

/// Compares the device with what it should be.
package func deviceDifference(_ desired: DesiredDevice?, _ observed: Link?) -> DevicePlan {
    guard let desired else {
        // The name and the kind tell a device of ours; whatever else may have that name is somebody's.
        guard let observed, observed.kind == "vxlan" else { return .keep }
        return .replace(observed, by: nil)
    }
    guard let observed, observed.kind == "vxlan", observed.vxlan == desired.parameters else {
        return .replace(observed, by: desired)
    }
    var settings = LinkSettings()
    if observed.mac != desired.mac { settings.mac = desired.mac }
    if observed.mtu != desired.mtu { settings.mtu = desired.mtu }
    if observed.alias != DesiredState.deviceAlias { settings.alias = DesiredState.deviceAlias }
    if !observed.isUp { settings.isUp = true }
    // Without IPv6 the kernel reports no mode, and takes none.
    if let mode = observed.addressGeneration, mode != .eui64 { settings.addressGeneration = .eui64 }
    return settings.isEmpty ? .keep : .configure(observed, settings)
}
