internal import Addressing
internal import ControlAPI
internal import Dataplane
internal import Inspection
internal import LeaseLedger

extension Daemon {
    /// What the kernel should hold, for `leasectl trace` and `routes`, which compare it with what it does hold.
    func dataplane(_ query: DataplaneQuery) async throws -> DataplaneInfo {
        guard let configuration = dataplaneConfiguration else {
            throw ControlError(.unavailable, "the cluster's settings are not known yet; try again when it has joined")
        }
        var subnet: IPv4Block?
        if let text = query.subnet {
            do {
                subnet = try IPv4Block(parsing: text)
            } catch {
                throw ControlError(.badRequest, error.description)
            }
        }
        let underlay = underlay
        let desired = try await context.dataplane.desired(configuration, underlay: underlay, peers: peerLeases).get()
        return DataplaneInfo(desired, configuration: configuration, underlay: underlay, subnet: subnet)
    }
}
