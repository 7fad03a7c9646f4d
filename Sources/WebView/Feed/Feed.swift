package import ControlAPI

/// What is known of the cluster. It asks feltd when somebody wants to know and what is known is too old, one question at a
/// time however many want to know, and never of its own accord.
package actor Feed {
    /// Events that are kept.
    package static let mostEvents = 100

    private let read: @Sendable () async -> Reading
    private var known = ClusterSnapshot()
    private var asked: ContinuousClock.Instant?
    private var answered: ContinuousClock.Instant?
    private var ongoing: Task<Void, Never>?
    private var happened: [(info: EventInfo, at: ContinuousClock.Instant)] = []
    /// Readings that feltd did not answer, since the start.
    package private(set) var failures: UInt64 = 0

    package init(read: @escaping @Sendable () async -> Reading) {
        self.read = read
    }

    /// - Parameter maxAge: how old the answer may be. A failure counts as an answer: a feltd that is down is not asked more
    ///   often for it.
    package func snapshot(maxAge: Duration = .seconds(1)) async -> ClusterSnapshot {
        if asked.map({ ContinuousClock.now - $0 >= maxAge }) ?? true {
            let task = ongoing ?? Task { take(await read()) }
            ongoing = task
            await task.value
        }
        var snapshot = known
        snapshot.ageSeconds = answered.map { Self.seconds(ContinuousClock.now - $0) }
        return snapshot
    }

    private func take(_ reading: Reading) {
        asked = .now
        ongoing = nil
        known.isUp = reading.status != nil
        known.problem = reading.problem
        known.version = reading.version ?? known.version
        guard let status = reading.status else {
            failures += 1
            return
        }
        answered = asked
        known.status = status
        known.leases = reading.leases ?? []
        known.members = reading.members ?? []
    }

    package func record(_ event: EventInfo) {
        if happened.count >= Self.mostEvents { happened.removeFirst() }
        let age = event.ageSeconds.flatMap { $0 > 0 ? min($0, 1e9) : nil } ?? 0
        happened.append((event, .now - .seconds(age)))
    }

    /// The newest first.
    package var events: [LoggedEvent] {
        let now = ContinuousClock.now
        return happened.reversed().map { LoggedEvent(info: $0.info, ageSeconds: Self.seconds(now - $0.at)) }
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}
