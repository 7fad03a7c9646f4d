package import ControlAPI

/// What feltd wants in the kernel for one subnet. It is asked when somebody traces an address there: one question at a time,
/// ten in a second at most, however many trace; an answer serves for a second.
package actor DataplaneFeed {
    package typealias Answer = Result<DataplaneInfo, ControlError>

    /// Subnets that may wait for their turn.
    static let mostWaiting = 16
    private static let period = Duration.milliseconds(100)
    private static let maxAge = Duration.seconds(1)

    private let ask: @Sendable (DataplaneQuery) async -> Answer
    private var known: [String: (answer: Answer, at: ContinuousClock.Instant)] = [:]
    private var ongoing: [String: Task<Answer, Never>] = [:]
    private var last: Task<Answer, Never>?
    private var asked: ContinuousClock.Instant?

    package init(ask: @escaping @Sendable (DataplaneQuery) async -> Answer) {
        self.ask = ask
    }

    func answer(for subnet: String) async -> Answer {
        if let known = known[subnet], ContinuousClock.now - known.at < Self.maxAge { return known.answer }
        if let task = ongoing[subnet] { return await task.value }
        guard ongoing.count < Self.mostWaiting else {
            return .failure(ControlError(.unavailable, "too many trace at once; try again"))
        }
        let before = last
        let task = Task {
            _ = await before?.value
            return await put(subnet)
        }
        ongoing[subnet] = task
        last = task
        return await task.value
    }

    private func put(_ subnet: String) async -> Answer {
        let wait = asked.map { $0 + Self.period - ContinuousClock.now } ?? .zero
        if wait > .zero { try? await Task.sleep(for: wait) }
        asked = .now
        let answer = await ask(DataplaneQuery(subnet: subnet))
        let now = ContinuousClock.now
        known = known.filter { now - $0.value.at < Self.maxAge }
        known[subnet] = (answer, now)
        ongoing[subnet] = nil
        return answer
    }
}
