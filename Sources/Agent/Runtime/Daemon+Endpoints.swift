internal import Addressing
internal import ControlAPI
internal import Dataplane
internal import Glibc
internal import Gossip
internal import LeaseLedger
internal import Logging

/// The latch from CONFIRMED to USED, and the files for container runtimes when there is no subnet any more.
extension Daemon {
    /// Owns no subnet and wants none.
    var wantsNoSubnet: Bool { gossip.ledger?.phase == .idle }

    /// Looks whether something is attached to the own subnet, at every change of links and addresses and at every audit,
    /// until something is. Then the claim is USED for as long as it stands: that is on the disk before anybody hears of it,
    /// and a restart or a container's end does not undo it. How it is found out: `EndpointSearch`.
    func lookForEndpoints() {
        guard !isLookingForEndpoints, let claim = gossip.ledger?.heldClaim, claim.claimClass < .used else { return }
        isLookingForEndpoints = true
        let (worker, subnet) = (context.dataplane, claim.subnet)
        let overlay = context.configuration.device ?? "flannel.\(gossip.settings?.vni ?? 1)"
        Task { [weak self] in
            let found = await worker.attachedEndpoint(in: subnet, besides: overlay)
            await self?.looked(in: subnet, found)
        }
    }

    private func looked(in subnet: IPv4Block, _ found: String?) {
        isLookingForEndpoints = false
        guard let found, gossip.ledger?.heldClaim?.subnet == subnet else { return }
        log.notice(
            "\(found) is attached to \(subnet): the subnet is in use from now on", id: "endpoint-attached",
            ["subnet": "\(subnet)"])
        step(.ledger(.endpointAttached))
    }

    /// A subnet that was given back, or that this node had in an earlier life only, must not be handed to containers.
    func withdrawSubnetFiles() {
        guard wantsNoSubnet || gossip.ledger?.phase == .exhausted else { return }
        for path in [context.configuration.subnetFile, context.configuration.cniConfiguration].compactMap(\.self)
        where unlink(path) == 0 {
            log.notice("removed \(path): this node holds no subnet", id: "subnet-file-removed", ["path": path])
        }
        wroteSubnet = nil
    }
}
