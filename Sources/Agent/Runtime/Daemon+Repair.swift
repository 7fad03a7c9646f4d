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

    /// To those who watch, and at most once a second.
    func tellRepair(_ changes: Int, _ now: Instant) {
        if let lastRepair, now - lastRepair < .seconds(1) { return }
        publish(.dataplaneRepaired, message: "\(changes) changes put back what others had altered in the kernel")
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
