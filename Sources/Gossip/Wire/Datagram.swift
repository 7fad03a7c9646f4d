package import LeaseLedger

/// An opened datagram: its header and messages.
package struct Datagram: Hashable, Sendable {
    package var header: DatagramHeader
    package var messages: [GossipMessage]

    package init(header: DatagramHeader, messages: [GossipMessage]) {
        self.header = header
        self.messages = messages
    }

    /// Decodes what sealing gave back. One broken message makes the whole datagram broken: its sender is of ours, so it
    /// is not to be trusted half.
    /// - Parameter known: a record of this node and version, if there is one at hand: the bytes are compared with it
    ///   before they are decoded. Most records that come are known already.
    package init(
        decoding plaintext: [UInt8], known: (NodeID, RecordVersion) -> SignedRecord? = { _, _ in nil }
    ) throws(DecodingFailure) {
        guard plaintext.count <= DatagramHeader.longestDatagram else { throw .lengthOutOfRange }
        var reader = ByteReader(plaintext)
        header = try DatagramHeader(from: &reader)
        messages = []
        while reader.remaining > 0 {
            if let message = try GossipMessage.read(from: &reader, known: known) { messages.append(message) }
        }
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: DatagramHeader.longestDatagram)
        header.write(to: &writer)
        for message in messages { message.append(to: &writer) }
        return writer.bytes
    }
}
