internal import ControlAPI
internal import Glibc

/// Asks the daemon for one screen.
final class TopFeed {
    struct Look {
        var seconds: Double
        var status: StatusInfo?
        var members: [MemberInfo] = []
        var leases: [LeaseInfo] = []
        var events: [EventInfo] = []
        var problem: ControlClientError?
    }

    private let options: GlobalOptions
    private var client: ControlClient?
    /// Seconds back.
    private static let eventsSince = 3_600.0

    init(_ options: GlobalOptions) { self.options = options }

    private func connected() throws(ControlClientError) -> ControlClient {
        if let client { return client }
        let made = try options.connect()
        client = made
        return made
    }

    func look() -> Look {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        var look = Look(seconds: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9)
        do throws(ControlClientError) {
            // A daemon that was restarted has another connection.
            let client = try connected()
            look.status = try client.call(ControlMethods.status)
            look.members = try client.call(ControlMethods.members)
            look.leases = try client.call(ControlMethods.list)
            look.events = try client.call(ControlMethods.events, EventSelection(sinceSeconds: Self.eventsSince))
        } catch {
            client = nil
            look.problem = error
        }
        return look
    }
}
