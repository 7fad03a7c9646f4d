package import Netlink

/// What a reconciliation found and did.
package struct ReconcileReport: Sendable {
    /// Entries that should be in the kernel.
    package var desired = 0
    /// Requests sent that may have changed something.
    package var changesSent = 0
    /// Of these, what put right an entry or device that was there before.
    package var failures: [NetlinkError] = []
    package var skipped: [SkippedPeer] = []
    /// The MTU of the pods.
    package var mtu: UInt32 = 0
    package var deviceIndex: Int32?

    package init() {}
}

/// Why nothing could be reconciled.
package enum DataplaneError: Error, Hashable, Sendable, CustomStringConvertible {
    case netlink(NetlinkError)
    case mtuTooSmall(UInt32, underlay: String)
    /// A device with our name that is not of ours.
    case foreignDevice(name: String, kind: String)
    case deviceMissing(name: String)

    package static let leastMTU: UInt32 = 576

    package var description: String {
        switch self {
        case .netlink(let error): "\(error)"
        case .mtuTooSmall(let mtu, let underlay):
            "MTU \(mtu) over \(underlay) is below \(Self.leastMTU), the least that every IPv4 host must take; "
                + "raise the interface's MTU or name another with --mtu"
        case .foreignDevice(let name, let kind):
            "device \(name) exists and is of type \(kind), not vxlan; remove it or name another with --device"
        case .deviceMissing(let name): "device \(name) was made and is not there; another program removes it"
        }
    }
}
