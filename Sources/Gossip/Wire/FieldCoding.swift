internal import Addressing
internal import LeaseLedger

/// Fields that several messages share.
extension ByteReader {
    /// An incarnation beyond the largest counter is absurd: refusing it here keeps a node from being evicted for ever.
    mutating func incarnation() throws(DecodingFailure) -> UInt64 {
        let incarnation = try integer(UInt64.self)
        guard incarnation <= NodeRecord.largestCounter else { throw .valueOutOfRange }
        return incarnation
    }

    mutating func liveness() throws(DecodingFailure) -> Liveness {
        guard let liveness = Liveness(rawValue: try integer()) else { throw .valueOutOfRange }
        return liveness
    }

    mutating func tableEntries() throws(DecodingFailure) -> [TableEntry] {
        var entries: [TableEntry] = []
        while remaining > 0 {
            switch try integer(UInt8.self) {
            case 0:
                let nodeID = try nodeID()
                let version = RecordVersion(sequence: try integer(), runNonce: try integer())
                entries.append(.record(nodeID, version))
            case 1:
                let nodeID = try nodeID()
                entries.append(.revocation(Revocation(nodeID: nodeID, claimEpoch: try integer())))
            default:
                throw .valueOutOfRange
            }
        }
        return entries
    }

    mutating func settingsOffer() throws(DecodingFailure) -> SettingsOffer {
        let flags = try integer(UInt8.self)
        let named = try integer(UInt8.self)
        let networkBase = IPv4Address(bits: try integer())
        let networkLength = Int(try integer(UInt8.self))
        let subnetLength = Int(try integer(UInt8.self))
        let subnetMin = IPv4Address(bits: try integer())
        let subnetMax = IPv4Address(bits: try integer())
        guard let network = IPv4Block(base: networkBase, prefixLength: networkLength),
            let pool = try? SubnetPool(
                network: network, subnetLength: subnetLength, subnetMin: subnetMin, subnetMax: subnetMax),
            let backend = BackendKind(rawValue: try integer())
        else { throw .valueOutOfRange }
        let vni = try integer(UInt32.self)
        let port = try integer(UInt16.self)
        guard vni < 1 << 24, port > 0 else { throw .valueOutOfRange }
        let settings = NetworkSettings(
            pool: pool, backend: backend, vni: vni, vxlanPort: port, directRouting: flags & 2 != 0)
        return SettingsOffer(settings: settings, agreed: flags & 1 != 0, named: named)
    }
}

extension ByteWriter {
    mutating func tableEntry(_ entry: TableEntry) {
        switch entry {
        case .record(let nodeID, let version):
            integer(UInt8(0))
            self.nodeID(nodeID)
            integer(version.sequence)
            integer(version.runNonce)
        case .revocation(let revocation):
            integer(UInt8(1))
            nodeID(revocation.nodeID)
            integer(revocation.claimEpoch)
        }
    }

    mutating func settingsOffer(_ offer: SettingsOffer) {
        let settings = offer.settings
        integer(UInt8((offer.agreed ? 1 : 0) | (settings.directRouting ? 2 : 0)))
        integer(offer.named)
        integer(settings.pool.network.base.bits)
        integer(UInt8(settings.pool.network.prefixLength))
        integer(UInt8(settings.pool.subnetLength))
        integer(settings.pool.subnetMin.bits)
        integer(settings.pool.subnetMax.bits)
        integer(settings.backend.rawValue)
        integer(settings.vni)
        integer(settings.vxlanPort)
    }
}
