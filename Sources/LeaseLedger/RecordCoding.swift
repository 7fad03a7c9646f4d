internal import Addressing

/// The record's bytes, format 1; big-endian. Behind the fixed fields come those that most records do without, each as
/// tag 1 · length 1 · value. A tag of a later release is signed, kept and passed on, and not read.
///
///     format 1 · nodeID 16 · public key 32 · sequence 8 · run nonce 8 · role 1 · name 1+n · software 1+n ·
///     fingerprint 8 · endpoint (family 1, address 4|16, port 2) · public IP (family 1, address 4|16) ·
///     backend 1 [vxlan: VNI 4, VTEP MAC 6] · claim 1 [1: base 4, length 1, class 1, tenure 1, epoch 8] ·
///     tag 1: security (X25519 key 32, ids of cluster keys 4 each) · tag 16: pin (base 4, length 1) ·
///     tag 17: next claim (as a claim)
extension NodeRecord {
    private static let format: UInt8 = 1
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
        if let claim { Self.write(claim, to: &writer) }
        if let pin {
            writer.integer(Tag.pin.rawValue)
            writer.integer(UInt8(5))
            writer.integer(pin.base.bits)
            writer.integer(UInt8(pin.prefixLength))
        }
        if let next {
            writer.integer(Tag.next.rawValue)
            writer.integer(UInt8(15))
            Self.write(next, to: &writer)
        }
        if let security {
            let payload = security.encoded
            writer.integer(Tag.security.rawValue)
            writer.integer(UInt8(payload.count))
            writer.raw(payload)
        }
        return writer.bytes
    }

    private enum Tag: UInt8 {
        case security = 1
        case pin = 16
        case next = 17
    }

    private static func write(_ claim: Claim, to writer: inout ByteWriter) {
        writer.integer(claim.subnet.base.bits)
        writer.integer(UInt8(claim.subnet.prefixLength))
        writer.integer(claim.claimClass.rawValue)
        writer.integer(claim.tenure)
        writer.integer(claim.epoch)
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
        switch try reader.integer(UInt8.self) {
        case 0: claim = nil
        case 1: claim = try Self.claim(from: &reader)
        default: throw .valueOutOfRange
        }
        try readTagged(&reader)
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

    private mutating func readTagged(_ reader: inout ByteReader) throws(DecodingFailure) {
        while reader.remaining > 0 {
            let tag = Tag(rawValue: try reader.integer())
            var value = ByteReader(try reader.slice(Int(try reader.integer(UInt8.self))))
            switch tag {
            case .security: security = try NodeSecurity(encoded: try value.slice(value.remaining))
            case .pin: pin = try Self.block(from: &value)
            case .next:
                let claim = try Self.claim(from: &value)
                // It becomes firmer by taking the present one's place.
                guard claim.claimClass == .tentative, claim.subnet != self.claim?.subnet else {
                    throw .valueOutOfRange
                }
                next = claim
            case nil: break
            }
        }
    }

    private static func block(from reader: inout ByteReader) throws(DecodingFailure) -> IPv4Block {
        let base = IPv4Address(bits: try reader.integer())
        guard let block = IPv4Block(base: base, prefixLength: Int(try reader.integer(UInt8.self))) else {
            throw .valueOutOfRange
        }
        return block
    }

    private static func claim(from reader: inout ByteReader) throws(DecodingFailure) -> Claim {
        let subnet = try block(from: &reader)
        guard let claimClass = ClaimClass(rawValue: try reader.integer()) else { throw .valueOutOfRange }
        let tenure = try reader.integer(UInt8.self)
        let epoch = try reader.integer(UInt64.self)
        guard tenure < 64, epoch <= largestCounter else { throw .valueOutOfRange }
        return Claim(subnet: subnet, claimClass: claimClass, tenure: tenure, epoch: epoch)
    }
}
