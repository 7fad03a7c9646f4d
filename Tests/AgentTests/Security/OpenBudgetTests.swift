import Addressing
import LeaseLedger
import Testing

@testable import Agent

@Suite struct OpenBudgetTests {
    private func address(_ number: Int) -> AnyIPAddress { .v4(IPv4Address(bits: UInt32(number))) }
    private func time(_ milliseconds: Int) -> Instant {
        Instant(nanoseconds: Int64(milliseconds) * 1_000_000 + 1 << 40)
    }

    /// How many of `count` forgeries are tried.
    private func tries(_ budget: inout OpenBudget, _ count: Int, from source: AnyIPAddress, at now: Instant) -> Int {
        (0..<count).count { _ in
            guard budget.mayTry(source, at: now) else { return false }
            budget.failed(source, at: now)
            return true
        }
    }

    @Test func `a stranger's forgeries are soon not even tried, and a second later a few again`() {
        var budget = OpenBudget(at: time(0))
        let first = tries(&budget, 100_000, from: address(1), at: time(0))
        let later = tries(&budget, 100_000, from: address(1), at: time(500))
        let other = budget.mayTry(address(2), at: time(500))
        #expect(first == Int(OpenBudget.strangerFailures) && later == first / 2)
        #expect(other, "nobody else suffers")
    }

    @Test func `forgeries under a member's address leave room for the member`() {
        var budget = OpenBudget(at: time(0))
        budget.opened(address(1), at: time(0))
        let first = tries(&budget, 5_000, from: address(1), at: time(0))
        let member = budget.mayTry(address(1), at: time(0))
        let rest = tries(&budget, 100_000, from: address(1), at: time(0))
        #expect(first == 5_000 && member && rest == Int(OpenBudget.memberFailures) - 5_000)
    }

    @Test func `any number of forged sources costs no more than a bound in tries and memory`() {
        var budget = OpenBudget(at: time(0))
        budget.opened(address(0), at: time(0))
        var tried = 0
        for source in 1..<60_000 { tried += tries(&budget, 3, from: address(source), at: time(0)) }
        let member = budget.mayTry(address(0), at: time(0))
        #expect(tried == Int(OpenBudget.allFailures))
        #expect(member, "members are not meant by it")
        #expect(MemoryLayout.size(ofValue: budget) < 256)
    }
}
