internal import Addressing

/// The record's bytes, format 1; big-endian. Behind the claim stand extensions, each tag 1 · length 1 · payload. Those of
/// later releases are signed, kept and passed on, and not read.
///
///     format 1 · nodeID 16 · public key 32 · sequence 8 · run nonce 8 · role 1 · name 1+n · software 1+n ·
///     fingerprint 8 · endpoint (family 1, address 4|16, port 2) · public IP (family 1, address 4|16) ·
///     backend 1 [vxlan: VNI 4, VTEP MAC 6] · claim 1 [1: base 4, length 1, class 1, tenure 1, epoch 8] ·
///     extensions [tag 1: X25519 key 32, ids of cluster keys 4 each]
extension NodeRecord {
    private static let format: UInt8 = 1
    private static let securityTag: UInt8 = 1
    package static let longestName = 63
    package static let longestSoftware = 31
    /// A sequence or an epoch beyond this is absurd: no node gets there in its life.
    package static let largestCounter: UInt64 = 1 << 48

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 224)
        writer.integer(Self.format)
        writer.nodeID(nodeID)
        writer.raw(publicKey)
        writer.integer(version.sequence)
        writer.integer(version.runNonce)
        writer.integer(role.rawValue)
        writer.text(name)
        writer.text(software)
        writer.integer(fingerprint)
        writer.endpoint(endpoint)
        writer.address(publicIP)
        writer.integer(backend.kind.rawValue)
        if case .vxlan(let vni, let vtepMAC) = backend {
            writer.integer(vni)
            writer.raw(vtepMAC.networkBytes)
        }
        writer.integer(UInt8(claim == nil ? 0 : 1))
        if let claim {
            writer.integer(claim.subnet.base.bits)
            writer.integer(UInt8(claim.subnet.prefixLength))
            writer.integer(claim.claimClass.rawValue)
            writer.integer(claim.tenure)
            writer.integer(claim.epoch)
        }
        if let security {
            let payload = security.encoded
            writer.integer(Self.securityTag)
            writer.integer(UInt8(payload.count))
            writer.raw(payload)
        }
        return writer.bytes
    }

    package init(encoded body: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(body)
        let format = try reader.integer(UInt8.self)
        guard format == Self.format else { throw .unknownFormat(format) }
        nodeID = try reader.nodeID()
        publicKey = Array(try reader.slice(32))
        version = RecordVersion(sequence: try reader.integer(), runNonce: try reader.integer())
        guard let role = NodeRole(rawValue: try reader.integer()) else { throw .valueOutOfRange }
        self.role = role
        name = try reader.text(longest: Self.longestName)
        software = try reader.text(longest: Self.longestSoftware)
        fingerprint = try reader.integer()
        endpoint = try reader.endpoint()
        publicIP = try reader.address()
        backend = try Self.backend(from: &reader)
        claim = try Self.claim(from: &reader)
        security = try Self.security(from: &reader)
        guard version.sequence <= Self.largestCounter, !name.isEmpty, endpoint.port != 0 else { throw .valueOutOfRange }
    }

    /// Whose record these bytes would be and of which version, read without decoding the rest; `nil` if they are too few.
    package static func peek(_ body: ArraySlice<UInt8>) -> (nodeID: NodeID, version: RecordVersion)? {
        var reader = ByteReader(body)
        guard (try? reader.integer(UInt8.self)) == format, let nodeID = try? reader.nodeID(),
            (try? reader.slice(32)) != nil, let sequence = try? reader.integer(UInt64.self),
            let runNonce = try? reader.integer(UInt64.self)
        else { return nil }
        return (nodeID, RecordVersion(sequence: sequence, runNonce: runNonce))
    }

    private static func backend(from reader: inout ByteReader) throws(DecodingFailure) -> BackendData {
        switch BackendKind(rawValue: try reader.integer()) {
        case .vxlan:
            let vni = try reader.integer(UInt32.self)
            guard vni < 1 << 24, let vtepMAC = MACAddress(networkBytes: try reader.slice(6)), vtepMAC.isUnicast else {
                throw .valueOutOfRange
            }
            return .vxlan(vni: vni, vtepMAC: vtepMAC)
        case .hostGateway: return .hostGateway
        case .alloc: return .alloc
        case nil: throw .valueOutOfRange
        }
    }

    /// Looks through the extensions; what is not in their form belongs to later releases too.
    private static func security(from reader: inout ByteReader) throws(DecodingFailure) -> NodeSecurity? {
        while reader.remaining >= 2 {
            let tag = try reader.integer(UInt8.self)
            let length = Int(try reader.integer(UInt8.self))
            guard length <= reader.remaining else { return nil }
            let payload = try reader.slice(length)
            if tag == securityTag { return try NodeSecurity(encoded: payload) }
        }
        return nil
    }

    private static func claim(from reader: inout ByteReader) throws(DecodingFailure) -> Claim? {
        switch try reader.integer(UInt8.self) {
        case 0: return nil
        case 1: break
        default: throw .valueOutOfRange
        }
        let base = IPv4Address(bits: try reader.integer())
        let length = Int(try reader.integer(UInt8.self))
        guard let subnet = IPv4Block(base: base, prefixLength: length),
            let claimClass = ClaimClass(rawValue: try reader.integer())
        else { throw .valueOutOfRange }
        let tenure = try reader.integer(UInt8.self)
        let epoch = try reader.integer(UInt64.self)
        guard tenure < 64, epoch <= largestCounter else { throw .valueOutOfRange }
        return Claim(subnet: subnet, claimClass: claimClass, tenure: tenure, epoch: epoch)
    }
}
