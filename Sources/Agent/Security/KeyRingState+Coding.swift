package import LeaseLedger

/// The ring as it is sent, sealed to one node, and as it is kept.
///
///     format 1 · sealing id 4 · chosen at 8 · keys 1 [added at 8 · key 32] · removed 1 [id 4 · at 8]
extension KeyRingState {
    private static let format: UInt8 = 1
    /// Clocks beyond this are absurd: a node that sends one would have the last word for ever.
    private static let largestClock: UInt64 = 1 << 32

    package var encoded: [UInt8] {
        var writer = ByteWriter(reserving: 16 + 40 * entries.count + 12 * removed.count)
        writer.integer(Self.format)
        writer.integer(choice.id.bits)
        writer.integer(choice.at)
        writer.integer(UInt8(entries.count))
        for id in ids {
            guard let entry = entries[id] else { continue }
            writer.integer(entry.added)
            writer.raw(entry.key.bytes)
        }
        writer.integer(UInt8(removed.count))
        for (id, at) in removed.sorted(by: { $0.key < $1.key }) {
            writer.integer(id.bits)
            writer.integer(at)
        }
        return writer.bytes
    }

    package init(encoded: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(encoded)
        let format = try reader.integer(UInt8.self)
        guard format == Self.format else { throw .unknownFormat(format) }
        let choice = Choice(id: KeyID(bits: try reader.integer()), at: try Self.clock(&reader))
        var entries: [KeyID: Entry] = [:]
        let keys = Int(try reader.integer(UInt8.self))
        guard keys <= Self.mostMerged else { throw .lengthOutOfRange }
        for _ in 0..<keys {
            let added = try Self.clock(&reader)
            guard let key = ClusterKey(bytes: Array(try reader.slice(ClusterKey.length))) else {
                throw DecodingFailure.lengthOutOfRange
            }
            entries[key.id] = Entry(key: key, added: added)
        }
        guard entries[choice.id] != nil else { throw .valueOutOfRange }
        var removed: [KeyID: UInt64] = [:]
        let gone = Int(try reader.integer(UInt8.self))
        guard gone <= Self.mostRemoved else { throw .lengthOutOfRange }
        for _ in 0..<gone { removed[KeyID(bits: try reader.integer())] = try Self.clock(&reader) }
        guard reader.remaining == 0 else { throw .lengthOutOfRange }
        self.init(entries: entries, removed: removed, choice: choice)
    }

    private static func clock(_ reader: inout ByteReader) throws(DecodingFailure) -> UInt64 {
        let clock = try reader.integer(UInt64.self)
        guard clock <= largestClock else { throw .valueOutOfRange }
        return clock
    }
}
