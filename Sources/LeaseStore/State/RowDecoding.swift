internal import Addressing
internal import LeaseLedger

extension SignedRecord {
    /// From the columns body, signature.
    init?(row: borrowing Statement, from column: Int32) {
        guard let body = row.blob(column, longest: Self.longestBody),
            let signature = row.blob(column + 1, longest: Self.signatureLength),
            let record = try? SignedRecord(body: body, signature: signature)
        else { return nil }
        self = record
    }
}

extension Claim {
    /// From the columns subnet, class, tenure, epoch.
    init?(row: borrowing Statement, from column: Int32) {
        guard let subnet = row.text(column, longest: 32).flatMap({ try? IPv4Block(parsing: $0) }),
            let claimClass = row.integer(column + 1).flatMap({ UInt8(exactly: $0) }).flatMap(ClaimClass.init),
            let tenure = row.integer(column + 2).flatMap({ UInt8(exactly: $0) }), tenure < 64,
            let epoch = row.unsigned(column + 3), epoch <= NodeRecord.largestCounter
        else { return nil }
        self.init(subnet: subnet, claimClass: claimClass, tenure: tenure, epoch: epoch)
    }
}

extension NetworkSettings {
    /// From the columns network, subnet_length, subnet_min, subnet_max, backend, vni, vxlan_port, direct_routing.
    init?(row: borrowing Statement, from column: Int32) {
        guard let network = row.text(column, longest: 32).flatMap({ try? IPv4Block(parsing: $0) }),
            let length = row.integer(column + 1).flatMap({ Int(exactly: $0) }), (0...32).contains(length),
            let least = row.text(column + 2, longest: 32).flatMap({ try? IPv4Address(parsing: $0) }),
            let most = row.text(column + 3, longest: 32).flatMap({ try? IPv4Address(parsing: $0) }),
            let pool = try? SubnetPool(network: network, subnetLength: length, subnetMin: least, subnetMax: most),
            let backend = row.text(column + 4, longest: 32).flatMap({ BackendKind(label: $0) }),
            let vni = row.integer(column + 5), (1..<1 << 24).contains(vni),
            let port = row.integer(column + 6).flatMap({ UInt16(exactly: $0) }), port != 0,
            let directRouting = row.integer(column + 7)
        else { return nil }
        self.init(
            pool: pool, backend: backend, vni: UInt32(vni), vxlanPort: port, directRouting: directRouting == 1)
    }
}
