internal import Addressing
package import ControlAPI
package import LeaseLedger
package import LeaseStore

/// Felt's own export, version 1: all that a store remembers but keys and identities. Records and revocations carry their
/// owners' signatures, so that a document cannot say of a node what the node has not said.
package struct FeltDocument {
    package var clusterID: UInt64?
    package var settings: NetworkSettings?
    package var peers: [StoredPeer] = []
    package var revocations: [StoredRevocation] = []

    package static let version = 1

    // MARK: Writing

    /// - Parameter leases: printed for people; not read back.
    package static func tree(_ state: StoredState, leases: [LeaseInfo]) throws -> JSONValue {
        var records = state.peers
        if let own = state.own, let record = own.record {
            records.append(StoredPeer(record: record, incarnation: own.incarnationReserved))
        }
        var members: [JSONValue.Member] = [
            .init("format", .string(DocumentFormat.felt.rawValue)), .init("version", .number(version)),
            .init("cluster", state.clusterID.map { .string(ClusterText.of($0)) } ?? .null),
        ]
        members.append(.init("settings", state.settings.map(tree) ?? .null))
        members.append(.init("leases", .array(try leases.map { try JSONValue(encoding: $0) })))
        members.append(.init("records", .array(records.map(tree))))
        members.append(.init("revocations", .array(state.revocations.map(tree))))
        return .object(members)
    }

    private static func tree(_ settings: NetworkSettings) -> JSONValue {
        let pool = settings.pool
        return .object([
            .init("network", .string("\(pool.network)")), .init("subnetLength", .number(pool.subnetLength)),
            .init("subnetMin", .string("\(pool.subnetMin)")), .init("subnetMax", .string("\(pool.subnetMax)")),
            .init("backend", .string(settings.backend.label)), .init("vni", .number(settings.vni)),
            .init("vxlanPort", .number(settings.vxlanPort)), .init("directRouting", .bool(settings.directRouting)),
        ])
    }

    private static func tree(_ peer: StoredPeer) -> JSONValue {
        .object([
            .init("node", .string(peer.record.record.name)), .init("nodeID", .string("\(peer.record.nodeID)")),
            .init("subnet", peer.record.claim.map { .string("\($0.subnet)") } ?? .null),
            .init("incarnation", .number(peer.incarnation)),
            .init("body", .string(DocumentFile.base64(peer.record.body))),
            .init("signature", .string(DocumentFile.base64(peer.record.signature))),
        ])
    }

    private static func tree(_ revocation: StoredRevocation) -> JSONValue {
        .object([
            .init("nodeID", .string("\(revocation.revocation.nodeID)")),
            .init("claimEpoch", .number(revocation.revocation.claimEpoch)),
            .init("encoded", .string(DocumentFile.base64(revocation.encoded))),
        ])
    }

    // MARK: Reading

    package init(parsing bytes: [UInt8], file: String) throws {
        let root = DocumentPlace(file: file, name: "", value: try DocumentFile.tree(bytes, file))
        let format = try root.required("format")
        guard try format.text == DocumentFormat.felt.rawValue else {
            throw format.error("is not \"felt\"; name a file that leasectl export wrote, or another --format")
        }
        let version = try root.required("version")
        guard try version.number(in: 1...Int.max) <= Self.version else {
            throw version.error("is from a newer release; import it with that release's leasectl")
        }
        clusterID = try root.member("cluster").map { place in
            guard let number = UInt64(try place.text, radix: 16) else { throw place.error("is not 16 digits") }
            return number
        }
        settings = try root.member("settings").map(Self.settings)
        guard let clusterID else {
            peers = []
            return
        }
        peers = try root.member("records")?.elements.map { try Self.peer($0, clusterID) } ?? []
        revocations = try root.member("revocations")?.elements.map { try Self.revocation($0, clusterID) } ?? []
    }

    private static func settings(_ place: DocumentPlace) throws -> NetworkSettings {
        let address = { (key: String) in try place.required(key).parsed { try IPv4Address(parsing: $0) } }
        let backend = try place.required("backend")
        guard let kind = BackendKind(label: try backend.text) else {
            throw backend.error("is not vxlan, host-gw or alloc; write one of them")
        }
        let network = try place.required("network").parsed { try IPv4Block(parsing: $0) }
        let length = try place.required("subnetLength").number(in: 1...30)
        let pool: SubnetPool
        do {
            pool = try SubnetPool(
                network: network, subnetLength: length, subnetMin: try address("subnetMin"),
                subnetMax: try address("subnetMax"))
        } catch let error as SubnetPoolError {
            throw place.error("\(error)")
        }
        return NetworkSettings(
            pool: pool, backend: kind, vni: try place.required("vni").number(in: 1...16_777_215),
            vxlanPort: try place.required("vxlanPort").number(in: 1...65_535),
            directRouting: try place.required("directRouting").flag)
    }

    private static func peer(_ place: DocumentPlace, _ clusterID: UInt64) throws -> StoredPeer {
        guard
            let record = try? SignedRecord(
                body: try place.required("body").bytes, signature: try place.required("signature").bytes)
        else { throw place.error("is not a record of this release; export it again") }
        guard NodeIdentity.verify(record, clusterID: clusterID) else {
            throw place.error("its signature is not node \(record.nodeID)'s; the file was changed: export it again")
        }
        return StoredPeer(
            record: record, incarnation: try place.required("incarnation").number(in: 0...UInt64.max))
    }

    private static func revocation(_ place: DocumentPlace, _ clusterID: UInt64) throws -> StoredRevocation {
        let encoded = try place.required("encoded").bytes
        guard let signed = StoredRevocation.decode(encoded), NodeIdentity.verify(signed, clusterID: clusterID) else {
            throw place.error("is not a revocation of this cluster; export it again")
        }
        return StoredRevocation(signed.revocation, encoded: encoded)
    }
}

/// A cluster's identity as people see it.
enum ClusterText {
    static func of(_ clusterID: UInt64) -> String {
        let digits = String(clusterID, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
