package import Netlink

/// What a run of the reconciler found and did.
package struct ReconcileReport: Hashable, Sendable {
    /// Changing netlink messages that were sent, refused ones included.
    package var changesSent = 0
    /// What the kernel refused; `change.object` names the thing, `reason` has the kernel's words. Nothing else was
    /// stopped by it, unless it was the device.
    package var failures: [ChangeFailure] = []
    /// Peers that get no entries, and why.
    package var skipped: [SkippedPeer] = []
    /// What the operator should know of the machine.
    package var notes: [DataplaneNote] = []
    /// What pods may send in one packet, in bytes: FLANNEL_MTU of subnet.env.
    package var effectiveMTU: UInt32 = 0
    /// The VXLAN device's index; `nil` where there is none.
    package var deviceIndex: Int32?
    /// Routes, neighbours, forwarding entries, the address and the device that should be there.
    package var desiredCount = 0

    /// All that were sent since the daemon's start.
    package var changesEver = 0
    /// The port of the socket that has sent them: how the kernel names in its notifications who asked.
    package var requester: UInt32 = 0

    package init() {}

    /// The kernel was as it should be: nothing was sent.
    package var onlyObserved: Bool { changesSent == 0 }
    /// Nothing was refused: the kernel is now as it should be.
    package var isInSync: Bool { failures.isEmpty }
}
