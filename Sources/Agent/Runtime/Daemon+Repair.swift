internal import ControlAPI
internal import Dataplane
internal import LeaseLedger
internal import Logging

/// Others have changed something in the kernel: looked at once, and put right, as long as it does not go on and on.
extension Daemon {
    /// - Parameter mayBeInFront: somebody's route may be in front of one of ours.
    func kernelChanged(mayBeInFront: Bool) {
        if mayBeInFront { looksForOthers = true }
        guard !isLookPutOff else { return }
        let wait = repairBudget.wait(at: clock.now)
        guard wait > .zero else { return look() }
        isLookPutOff = true
        tellOfFight()
        Task { [weak self] in
            try? await Task.sleep(for: wait)
            await self?.look()
        }
    }

    private func look() {
        isLookPutOff = false
        isLookOthersDoing = true
        reconcileSoon()
    }

    /// To those who watch, at once and then once a second: what comes within the second is told at its end.
    func tellRepair(_ changes: Int) {
        untoldRepairs += changes
        guard !isTellingRepairs else { return }
        isTellingRepairs = true
        tellRepairs()
        Task { [weak self] in
            try? await Task.sleep(for: .seconds(1))
            await self?.tellRepairsAgain()
        }
    }

    private func tellRepairsAgain() {
        isTellingRepairs = false
        if untoldRepairs > 0 { tellRepair(0) }
    }

    private func tellRepairs() {
        publish(.dataplaneRepaired, message: "\(untoldRepairs) changes put back what others had altered in the kernel")
        untoldRepairs = 0
    }

    private func tellOfFight() {
        let now = clock.now
        if let toldOfFight, now - toldOfFight < .seconds(60) { return }
        toldOfFight = now
        log.warning(
            "somebody changes this node's routes or entries again and again: they are put back less often; find out who "
                + "with `ip monitor`", id: "repairs-slowed")
    }
}
