/// Waits until a condition holds, looking again and again; the limit is there to end a broken run, not to measure.
/// - Parameter missing: `nil` when the condition holds, otherwise what is still missing. What it throws counts as missing.
/// - Throws: `LabError` with what was missing last.
func waitUntil(
    _ what: String, within limit: Duration = .seconds(60), _ missing: () throws -> String?
) async throws {
    let deadline = ContinuousClock.now + limit
    while true {
        let still: String?
        do { still = try missing() } catch { still = "\(error)" }
        guard let still else { return }
        try Task.checkCancellation()
        guard ContinuousClock.now < deadline else {
            throw LabError("waited \(limit) until \(what); still missing: \(still)")
        }
        try await Task.sleep(for: .milliseconds(50))
    }
}

/// What differs between two sets of lines, for a message; `nil` when they are equal.
func difference(_ name: String, expected: some Collection<String>, observed: some Collection<String>) -> String? {
    guard expected.sorted() != observed.sorted() else { return nil }
    let wanted = Set(expected)
    let seen = Set(observed)
    return """
        \(name):
        missing \(wanted.subtracting(seen).sorted())
        unexpected \(seen.subtracting(wanted).sorted())
        """
}
