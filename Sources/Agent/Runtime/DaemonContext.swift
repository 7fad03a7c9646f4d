internal import Addressing
internal import ControlAPI
internal import Dataplane
internal import LeaseLedger
internal import Logging

/// What the daemon works with, put together once by `Launcher`.
struct DaemonContext: Sendable {
    let configuration: FeltdConfiguration
    let log: Logger
    let clusterID: UInt64
    /// The ring as of the start; `nil` for an insecure cluster.
    let keyRing: KeyRingFile?
    /// Reads what others seal to this node.
    let keySealing: KeyRingSealing?
    let seeds: [HostPort]
    /// The VXLAN device's address, until another node is found to have it too.
    let vtepMAC: MACAddress
    /// The node's record before the ledger has begun.
    let firstRecord: NodeRecord
    let storePath: String
    let store: StoreWriter
    let dataplane: DataplaneWorker
    let firewall: FirewallWorker
    let transport: Transport
    let services: ServiceManager
    let publish: @Sendable (EventInfo) -> Void
    /// Those that the store had at the start.
    let storedRevocations: Set<Revocation>
    let storedAbsences: Set<NodeID>
    /// Peers' records of the store whose signatures have not been checked since they were read.
    let unverified: [NodeID: RecordVersion]
    let absences: AbsenceClock

    var bindPort: UInt16 { configuration.bindPort }
    var publicIP: AnyIPAddress? { configuration.publicIP }
    var masquerades: Bool { configuration.masquerades }
    var subnetFile: SubnetFile { SubnetFile(path: configuration.subnetFile) }

    /// The cluster's identity as people see it.
    var clusterName: String {
        let digits = String(clusterID, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    func dataplaneConfiguration(
        settings: NetworkSettings, vtepMAC: MACAddress, ownSubnet: IPv4Block?
    ) -> DataplaneConfiguration {
        DataplaneConfiguration(
            settings: settings, deviceName: configuration.device, mtu: configuration.mtu,
            learning: configuration.learning, gbp: configuration.gbp, udpChecksum: configuration.udpChecksum,
            blackhole: configuration.blackhole, forwards: configuration.forwards, vtepMAC: vtepMAC,
            ownSubnet: ownSubnet)
    }

    /// What peers must know of this node's backend.
    func backendData(_ settings: NetworkSettings) -> BackendData {
        switch settings.backend {
        case .vxlan: .vxlan(vni: settings.vni, vtepMAC: vtepMAC)
        case .hostGateway: .hostGateway
        case .alloc: .alloc
        }
    }
}
