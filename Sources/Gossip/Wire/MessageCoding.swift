internal import Addressing
internal import LeaseLedger

/// The messages' bytes. Every count is bounded by the bytes that are there.
extension GossipMessage {
    private enum Kind: UInt8 {
        case ping = 1
        case acknowledgement, indirectPing, negativeAcknowledgement, liveness, record, revocation, hello, welcome
        case buckets, summary, summarised, want, claimAcknowledged, view, stale
        case keyRing = 32
        case announcement
        case order = 48
        case orderAnswered
    }

    /// Type, length, payload.
    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 64)
        append(to: &writer)
        return writer.bytes
    }

    /// The same behind what is written.
    func append(to writer: inout ByteWriter) {
        writer.integer(kind.rawValue)
        let start = writer.count
        writer.integer(UInt16(0))
        write(to: &writer)
        writer.overwrite(at: start, with: UInt16(truncatingIfNeeded: writer.count - start - 2))
    }

    private var kind: Kind {
        switch self {
        case .ping: .ping
        case .acknowledgement: .acknowledgement
        case .indirectPing: .indirectPing
        case .negativeAcknowledgement: .negativeAcknowledgement
        case .liveness: .liveness
        case .record: .record
        case .revocation: .revocation
        case .hello: .hello
        case .welcome: .welcome
        case .buckets: .buckets
        case .summary: .summary
        case .summarised: .summarised
        case .want: .want
        case .claimAcknowledged: .claimAcknowledged
        case .view: .view
        case .stale: .stale
        case .keyRing: .keyRing
        case .announcement: .announcement
        case .order: .order
        case .orderAnswered: .orderAnswered
        }
    }

    private func write(to writer: inout ByteWriter) {
        switch self {
        case .ping(let sequence, let target, let tableHash):
            writer.integer(sequence)
            writer.nodeID(target)
            writer.integer(tableHash)
        case .acknowledgement(let sequence, let tableHash):
            writer.integer(sequence)
            writer.integer(tableHash)
        case .indirectPing(let sequence, let target, let endpoint):
            writer.integer(sequence)
            writer.nodeID(target)
            writer.endpoint(endpoint)
        case .negativeAcknowledgement(let sequence):
            writer.integer(sequence)
        case .liveness(let update):
            writer.nodeID(update.nodeID)
            writer.integer(update.incarnation)
            writer.integer(update.liveness.rawValue)
            writer.nodeID(update.accuser)
        case .record(let record, let liveness, let incarnation):
            writer.integer(liveness.rawValue)
            writer.integer(incarnation)
            writer.raw(record.signature)
            writer.raw(record.body)
        case .revocation(let revocation):
            writer.raw(revocation.signature)
            writer.raw(revocation.body)
        case .hello(let offer, let tableHash):
            writer.settingsOffer(offer)
            writer.integer(tableHash)
        case .welcome(let offer, let tableHash):
            writer.settingsOffer(offer)
            writer.integer(tableHash)
        case .buckets(let hashes):
            hashes.forEach { writer.integer($0) }
        case .summary(let bucket, let last, let entries):
            writer.integer(bucket)
            writer.integer(UInt8(last ? 1 : 0))
            entries.forEach { writer.tableEntry($0) }
        case .summarised(let differing):
            writer.integer(differing)
        case .want(let entries):
            entries.forEach { writer.tableEntry($0) }
        case .claimAcknowledged(let version):
            writer.integer(version.sequence)
            writer.integer(version.runNonce)
        case .view(let entries):
            for entry in entries {
                writer.nodeID(entry.nodeID)
                writer.integer(entry.incarnation)
            }
        case .stale(let incarnation):
            writer.integer(incarnation)
        case .keyRing(let bytes):
            writer.raw(bytes)
        case .announcement: break
        case .order(let order, let number, let run, let onlyAsking):
            writer.integer(number)
            writer.integer(run)
            writer.integer(UInt8(onlyAsking ? 1 : 0))
            writer.leaseOrder(order)
        case .orderAnswered(let outcome, let number):
            writer.integer(number)
            writer.orderOutcome(outcome)
        }
    }

    /// Reads one message; `nil` for a type of a later release, which is skipped.
    static func read(
        from reader: inout ByteReader, known: (NodeID, RecordVersion) -> SignedRecord?
    ) throws(DecodingFailure) -> GossipMessage? {
        let kind = Kind(rawValue: try reader.integer())
        var payload = ByteReader(try reader.slice(Int(try reader.integer(UInt16.self))))
        guard let kind else { return nil }
        if kind == .record { return try readRecord(from: &payload, known: known) }
        return try read(kind, from: &payload)
    }

    private static func readRecord(
        from reader: inout ByteReader, known: (NodeID, RecordVersion) -> SignedRecord?
    ) throws(DecodingFailure) -> GossipMessage {
        let liveness = try reader.liveness()
        let incarnation = try reader.incarnation()
        let bytes = try reader.slice(reader.remaining)
        let signature = bytes.prefix(SignedRecord.signatureLength)
        let body = bytes.dropFirst(SignedRecord.signatureLength)
        if let (nodeID, version) = NodeRecord.peek(body), let record = known(nodeID, version),
            record.isSame(signatureAndBody: bytes)
        {
            return .record(record, liveness: liveness, incarnation: incarnation)
        }
        let record = try SignedRecord(body: Array(body), signature: Array(signature))
        return .record(record, liveness: liveness, incarnation: incarnation)
    }

    private static func read(_ kind: Kind, from reader: inout ByteReader) throws(DecodingFailure) -> GossipMessage {
        switch kind {
        case .ping:
            return .ping(
                sequence: try reader.integer(), target: try reader.nodeID(), tableHash: try reader.integer())
        case .acknowledgement:
            return .acknowledgement(sequence: try reader.integer(), tableHash: try reader.integer())
        case .indirectPing:
            return .indirectPing(
                sequence: try reader.integer(), target: try reader.nodeID(), endpoint: try reader.endpoint())
        case .negativeAcknowledgement:
            return .negativeAcknowledgement(sequence: try reader.integer())
        case .liveness:
            let nodeID = try reader.nodeID()
            let incarnation = try reader.incarnation()
            return .liveness(
                LivenessUpdate(
                    nodeID: nodeID, incarnation: incarnation, liveness: try reader.liveness(),
                    accuser: try reader.nodeID()))
        case .record:
            return try readRecord(from: &reader, known: { _, _ in nil })
        case .revocation:
            let signature = Array(try reader.slice(SignedRecord.signatureLength))
            return .revocation(
                try SignedRevocation(body: Array(try reader.slice(reader.remaining)), signature: signature))
        case .hello:
            return .hello(try reader.settingsOffer(), tableHash: try reader.integer())
        case .welcome:
            return .welcome(try reader.settingsOffer(), tableHash: try reader.integer())
        case .buckets:
            var hashes: [UInt32] = []
            while reader.remaining >= 4 { hashes.append(try reader.integer()) }
            guard hashes.count == TableHash.bucketCount, reader.remaining == 0 else { throw .lengthOutOfRange }
            return .buckets(hashes)
        case .summary:
            let bucket = try reader.integer(UInt8.self)
            let last = try reader.integer(UInt8.self) == 1
            return .summary(bucket: bucket, last: last, entries: try reader.tableEntries())
        case .summarised:
            return .summarised(differing: try reader.integer())
        case .want:
            return .want(try reader.tableEntries())
        case .claimAcknowledged:
            return .claimAcknowledged(
                RecordVersion(sequence: try reader.integer(), runNonce: try reader.integer()))
        case .view:
            var entries: [ViewEntry] = []
            while reader.remaining > 0 {
                entries.append(ViewEntry(nodeID: try reader.nodeID(), incarnation: try reader.incarnation()))
            }
            return .view(entries)
        case .stale:
            return .stale(incarnation: try reader.incarnation())
        case .keyRing: return .keyRing(Array(try reader.slice(reader.remaining)))
        case .announcement: return .announcement
        case .order:
            let number = try reader.integer(UInt64.self)
            let run = try reader.integer(UInt64.self)
            let onlyAsking = try reader.integer(UInt8.self) == 1
            return .order(try reader.leaseOrder(), number: number, run: run, onlyAsking: onlyAsking)
        case .orderAnswered:
            let number = try reader.integer(UInt64.self)
            return .orderAnswered(try reader.orderOutcome(), number: number)
        }
    }
}
