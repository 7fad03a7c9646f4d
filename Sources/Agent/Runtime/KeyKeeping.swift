internal import LeaseLedger

/// What the daemon remembers of the cluster's keys and of passing them on.
struct KeyKeeping {
    /// In use, and on the disk; `nil` for an insecure cluster.
    var file: KeyRingFile?
    /// On its way to the disk.
    var wanted: KeyRingFile?
    var isSaving = false
    var isSpreading = false
    /// The operation was given here: all are told at once. Others help those that are left behind.
    var tellsAll = false
    /// For the datagram that is made now, when not with the ring's first key.
    var sealsWith: KeyID?
    /// When each node that seals with an outdated key was last sent the ring.
    var passedBack: [NodeID: Instant] = [:]
    /// Datagrams of nodes that nobody knows under a key on its way out.
    var strangers: UInt64 = 0

    init(file: KeyRingFile?) {
        self.file = file
        wanted = file
    }

    var state: KeyRingState? { file?.state }
}
