internal import Dataplane

/// nft on a thread of its own: it takes a process and some milliseconds each time.
actor FirewallWorker {
    private let executor = ThreadExecutor()
    private var keeper = TrafficRulesKeeper()

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Keeps these rules in place; `nil`: removes what is there of ours.
    /// - Returns: whether anything was changed.
    func keep(_ rules: TrafficRules?) -> Result<Bool, FirewallError> {
        Result { () throws(FirewallError) in
            if let rules { try keeper.keep(rules) } else { try keeper.remove() }
        }
    }
}
