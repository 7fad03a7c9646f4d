/// A record as its owner signed it. The body is kept and passed on byte for byte, fields of later releases included.
/// Immutable and shared: thousands of simulated tables hold the same record without copying it.
package struct SignedRecord: Hashable, Sendable {
    private final class Storage: Sendable {
        let record: NodeRecord
        let body: [UInt8]
        let signature: [UInt8]

        init(record: NodeRecord, body: [UInt8], signature: [UInt8]) {
            self.record = record
            self.body = body
            self.signature = signature
        }
    }

    private let storage: Storage

    /// Longest body that is taken from the wire.
    package static let longestBody = 512
    package static let signatureLength = 64

    /// Encodes `record` and signs it.
    package init(_ record: NodeRecord, sign: ([UInt8]) -> [UInt8]) {
        let body = record.encoded()
        storage = Storage(record: record, body: body, signature: sign(body))
    }

    /// Decodes a body; the signature is not checked here.
    package init(body: [UInt8], signature: [UInt8]) throws(DecodingFailure) {
        guard body.count <= Self.longestBody, signature.count == Self.signatureLength else { throw .lengthOutOfRange }
        storage = Storage(record: try NodeRecord(encoded: body), body: body, signature: signature)
    }

    /// Whether these bytes, the signature first, are this record; then there is nothing to decode.
    package func isSame(signatureAndBody bytes: ArraySlice<UInt8>) -> Bool {
        let (signature, body) = (storage.signature, storage.body)
        return bytes.count == signature.count + body.count
            && bytes.prefix(signature.count).elementsEqual(signature) && bytes.suffix(body.count).elementsEqual(body)
    }

    package var record: NodeRecord { storage.record }
    /// The encoded record: what the signature covers, after the cluster's identity.
    package var body: [UInt8] { storage.body }
    /// Ed25519, 64 bytes.
    package var signature: [UInt8] { storage.signature }

    package var nodeID: NodeID { storage.record.nodeID }
    package var version: RecordVersion { storage.record.version }
    package var claim: Claim? { storage.record.claim }

    package static func == (left: SignedRecord, right: SignedRecord) -> Bool {
        left.storage === right.storage || (left.body == right.body && left.signature == right.signature)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(nodeID)
        hasher.combine(version)
    }
}
