internal import Addressing
internal import ControlAPI
internal import Dataplane
internal import Glibc
internal import Gossip
internal import LeaseLedger
internal import Logging

/// --discover: nodes with the same key find each other on the local network without a seed. Each sends a sealed
/// announcement to a group (administratively scoped, RFC 2365 §6.1; TTL 1) on the underlay's interface: often while it is
/// alone, then seldom, so that two clusters of one key on one network meet too. Who hears one and does not know its sender
/// says hello. A stranger learns that somebody is there, and under which key's id.
extension Daemon {
    static let discoveryGroup = IPv4Address(bits: 0xEFFF_4654)
    private static let firstWait = Duration.milliseconds(500)
    private static let longestWaitAlone = Duration.seconds(30)
    private static let waitAmongPeers = Duration.seconds(120)

    func startDiscovery() {
        guard context.configuration.discovers else { return }
        Task { [weak self] in
            var wait = Self.firstWait
            while let next = await self?.announce(after: wait) {
                wait = next
                do {
                    try await Task.sleep(for: wait * Double.random(in: 0.75..<1.25))
                } catch { return }
            }
        }
    }

    /// Announces this node once.
    /// - Returns: how long to wait for the next time; `nil`: no more.
    private func announce(after wait: Duration) -> Duration? {
        guard !isStopping else { return nil }
        let code = joinGroup()
        if code == 0 {
            if discovery.failure != 0 { log.notice("announcing on \(underlay.name) again", id: "discovery-works") }
            step(.carry([.announcement], to: Endpoint(address: .v4(Self.discoveryGroup), port: context.bindPort)))
        } else if discovery.failure != code {
            log.warning(
                "cannot use multicast on \(underlay.name) (\(String(cString: strerror(code)))); --discover waits for it",
                id: "discovery-failed")
        }
        discovery.failure = code
        guard gossip.liveCount == 0 else { return Self.waitAmongPeers }
        return wait >= Self.waitAmongPeers ? Self.firstWait : min(wait * 2, Self.longestWaitAlone)
    }

    /// The underlay may have moved to another interface since.
    private func joinGroup() -> Int32 {
        let index = underlay.interfaceIndex
        guard discovery.interface != index || discovery.failure != 0 else { return 0 }
        let code = context.transport.socket.joinGroup(
            Self.discoveryGroup, interface: index, leaving: discovery.interface)
        if code == 0 { discovery.interface = index }
        return code
    }
}

/// What the daemon remembers of its announcements.
struct DiscoveryState {
    /// On which the group is joined.
    var interface: Int32?
    /// errno of the last attempt; 0: it worked.
    var failure: Int32 = 0
}
