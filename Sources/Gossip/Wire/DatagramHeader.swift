package import LeaseLedger

/// What stands at the start of every opened datagram, 42 bytes, big-endian:
///
///     protocol version 1 · oldest reader 1 · cluster 8 · sender 16 · incarnation 8 · run nonce 4 · counter 4
///
/// Then messages, each `type 1 · length 2 · payload`. How releases meet: a receiver takes a datagram of a newer version
/// if `oldest reader` says that its own version suffices, and one of an older version down to `oldestUnderstood`; all
/// others it drops, counts and reports. It skips message types that it does not know, and what follows the fields that
/// it knows of one that it does. So a release that adds types or fields raises the version, leaves `oldestReader`, and
/// is rolled out node by node; one that changes a meaning first ships reading both, and raises `oldestReader` a release
/// later.
package struct DatagramHeader: Hashable, Sendable {
    package static let protocolVersion: UInt8 = 1
    /// The oldest version that understands what this release sends.
    package static let oldestReader: UInt8 = 1
    /// The oldest version that this release understands.
    package static let oldestUnderstood: UInt8 = 1
    package static let length = 42
    /// Longest sealed datagram; smaller than the minimum MTU that any underlay of ours has.
    package static let longestDatagram = 1_400
    /// What sealing adds: header 8, nonce 12, tag 16.
    package static let sealingOverhead = 36
    /// Bytes for messages in one datagram.
    package static let messageCapacity = longestDatagram - sealingOverhead - length

    package var clusterID: UInt64
    package var sender: NodeID
    /// The sender's SWIM incarnation; it grows over restarts, so it also orders the sender's runs.
    package var incarnation: UInt64
    package var runNonce: UInt32
    /// Grows by one a datagram within a run.
    package var counter: UInt32

    package init(clusterID: UInt64, sender: NodeID, incarnation: UInt64, runNonce: UInt32, counter: UInt32) {
        self.clusterID = clusterID
        self.sender = sender
        self.incarnation = incarnation
        self.runNonce = runNonce
        self.counter = counter
    }

    /// Who sent an opened datagram, by its header alone; `nil` for what has none.
    package static func sender(of plaintext: [UInt8]) -> NodeID? {
        var reader = ByteReader(plaintext)
        return (try? DatagramHeader(from: &reader))?.sender
    }

    func write(to writer: inout ByteWriter) {
        writer.integer(Self.protocolVersion)
        writer.integer(Self.oldestReader)
        writer.integer(clusterID)
        writer.nodeID(sender)
        writer.integer(incarnation)
        writer.integer(runNonce)
        writer.integer(counter)
    }

    init(from reader: inout ByteReader) throws(DecodingFailure) {
        let version = try reader.integer(UInt8.self)
        let oldestReader = try reader.integer(UInt8.self)
        guard version >= Self.oldestUnderstood, version <= Self.protocolVersion || oldestReader <= Self.protocolVersion
        else { throw .unknownFormat(version) }
        clusterID = try reader.integer()
        sender = try reader.nodeID()
        incarnation = try reader.integer()
        runNonce = try reader.integer()
        counter = try reader.integer()
        guard incarnation <= NodeRecord.largestCounter else { throw .valueOutOfRange }
    }
}
