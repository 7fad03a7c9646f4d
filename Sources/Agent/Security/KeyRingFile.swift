internal import Crypto
internal import LeaseLedger
internal import LeaseStore

/// <state-dir>/keys: the ring as this node last knew it, the cluster's identity, and which --key-file it had seen.
///
///     "FLKR" · format 1 · cluster 8 · digest of the key file 32, zeros without one · ring
struct KeyRingFile: Hashable, Sendable {
    var clusterID: UInt64
    /// Of the --key-file that the ring was last made to follow.
    var fileDigest: [UInt8]
    var state: KeyRingState

    private static let magic = Array("FLKR".utf8)
    private static let format: UInt8 = 1
    private static let digestLength = 32
    static let noFile = [UInt8](repeating: 0, count: digestLength)

    static func path(in stateDirectory: String) -> String { stateDirectory + "/keys" }

    /// What tells one list of keys from another.
    static func digest(of ring: KeyRing) -> [UInt8] {
        Array(SHA256.hash(data: Array("felt key file".utf8) + ring.keys.flatMap(\.bytes)))
    }

    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.raw(Self.magic)
        writer.integer(Self.format)
        writer.integer(clusterID)
        writer.raw(fileDigest)
        writer.raw(state.encoded)
        return writer.bytes
    }

    init(clusterID: UInt64, fileDigest: [UInt8] = noFile, state: KeyRingState) {
        self.clusterID = clusterID
        self.fileDigest = fileDigest
        self.state = state
    }

    init(encoded: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(encoded)
        guard Array(try reader.slice(Self.magic.count)) == Self.magic else { throw .valueOutOfRange }
        let format = try reader.integer(UInt8.self)
        guard format == Self.format else { throw .unknownFormat(format) }
        clusterID = try reader.integer()
        fileDigest = Array(try reader.slice(Self.digestLength))
        state = try KeyRingState(encoded: Array(try reader.slice(reader.remaining)))
    }

    /// `nil` when there is none.
    static func read(in stateDirectory: String) throws(StartFailure) -> KeyRingFile? {
        let file = SecretFile(path: path(in: stateDirectory))
        do {
            guard let bytes = try file.read() else { return nil }
            return try KeyRingFile(encoded: bytes)
        } catch let error as SecretFileError {
            throw StartFailure("\(error)")
        } catch {
            throw StartFailure(
                "\(file.path) is damaged (\(error)); move it away and join again with a token or --key-file")
        }
    }
}
