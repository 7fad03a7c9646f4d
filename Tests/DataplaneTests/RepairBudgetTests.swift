import LeaseLedger
import Testing

@testable import Dataplane

@Suite struct RepairBudgetTests {
    /// Somebody who never stops: what the looks have taken, and how many there were, in a minute.
    private func fight(lookTaking time: Duration) -> (taken: Duration, atOnce: Int, longest: Duration) {
        var budget = RepairBudget()
        var now = Instant.zero
        var taken = Duration.zero
        var (atOnce, longest) = (0, Duration.zero)
        while now < Instant.zero + .seconds(60) {
            let wait = budget.wait(at: now)
            if wait == .zero, longest == .zero { atOnce += 1 }
            longest = max(longest, wait)
            now = now + wait + time
            taken += time
            budget.spend(time, at: now)
        }
        return (taken, atOnce, longest)
    }

    @Test(arguments: [1, 4, 50, 400])
    func `whoever never stops gets a twentieth of the time, after the first repairs`(milliseconds: Int) {
        let (taken, atOnce, longest) = fight(lookTaking: .milliseconds(milliseconds))
        #expect(atOnce >= max(1_000 / milliseconds, 2))
        #expect(longest <= .seconds(1))
        // A second saved and three earned; a look that takes long is not put off for more than a second, though.
        if milliseconds <= 50 { #expect(taken <= .milliseconds(4_000 + 2 * milliseconds)) }
    }

    @Test func `what was spent is saved up again while nobody changes anything`() {
        var budget = RepairBudget()
        budget.spend(.seconds(30), at: .zero)
        #expect(budget.wait(at: .zero) == .seconds(1))
        #expect(budget.wait(at: .zero + .seconds(1)) == .zero)
        budget.spend(.milliseconds(999), at: .zero + .seconds(60))
        #expect(budget.wait(at: .zero + .seconds(60)) == .zero)
    }
}
