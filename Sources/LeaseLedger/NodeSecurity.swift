/// What the others must know of a node to pass keys to it, and what they show of it: part of its signed record.
package struct NodeSecurity: Hashable, Sendable {
    /// X25519, 32 bytes: new cluster keys are sealed to it.
    package var agreementKey: [UInt8]
    /// The cluster keys that the node holds, by their ids; it seals with the first.
    package var keyIDs: [UInt32]

    package static let agreementKeyLength = 32
    package static let mostKeys = 16

    package init(agreementKey: [UInt8], keyIDs: [UInt32]) {
        self.agreementKey = agreementKey
        self.keyIDs = keyIDs
    }

    var encoded: [UInt8] {
        var writer = ByteWriter(reserving: Self.agreementKeyLength + 4 * keyIDs.count)
        writer.raw(agreementKey)
        for id in keyIDs.prefix(Self.mostKeys) { writer.integer(id) }
        return writer.bytes
    }

    init(encoded: ArraySlice<UInt8>) throws(DecodingFailure) {
        var reader = ByteReader(encoded)
        agreementKey = Array(try reader.slice(Self.agreementKeyLength))
        keyIDs = []
        while reader.remaining > 0 {
            guard keyIDs.count < Self.mostKeys else { throw .lengthOutOfRange }
            keyIDs.append(try reader.integer())
        }
    }
}
