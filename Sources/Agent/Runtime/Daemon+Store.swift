internal import Gossip
internal import LeaseLedger
internal import LeaseStore
internal import Logging

/// A start on a disk that takes no writes.
extension Daemon {
    /// Nothing is spoken before its numbers are on the disk: the node stays silent, answers the control socket, leaves the
    /// kernel as an earlier run left it, and looks again until the disk takes what it must. Then it starts over with what
    /// the store holds.
    func awaitStore(_ problem: StoreError) {
        storeFailed(problem)
        let (store, nodeID) = (context.store, gossip.nodeID)
        Task { [weak self] in
            while true {
                do { try await Task.sleep(for: .seconds(1)) } catch { return }
                do {
                    let state = try await store.reserve(for: nodeID)
                    await self?.storeIsThere(state)
                    return
                } catch {
                    guard let self else { return }
                    await self.storeFailed(error)
                }
            }
        }
    }

    private func storeIsThere(_ state: StoredState) {
        log.notice("the store works again; starting with what it holds", id: "store-recovered")
        finish(.storeRecovered(state))
    }
}
