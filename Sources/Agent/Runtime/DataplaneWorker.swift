internal import Addressing
internal import Dataplane
internal import Netlink

/// The kernel's state on a thread of its own: netlink blocks for milliseconds where there are thousands of entries.
actor DataplaneWorker {
    private let executor = ThreadExecutor()
    private var driver: DataplaneDriver?
    private let choice: UnderlayChoice

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(choice: UnderlayChoice) {
        self.choice = choice
    }

    /// Opens the netlink socket at the first use, and again after a failure of the socket itself.
    private func withDriver<Value>(_ body: (inout DataplaneDriver) throws -> Value) throws -> Value {
        if driver == nil { driver = try DataplaneDriver() }
        guard var taken = driver.take() else { throw NetlinkError(code: 0, object: "netlink socket") }
        let value = try body(&taken)
        driver = consume taken
        return value
    }

    func reconcile(
        _ configuration: DataplaneConfiguration, underlay: Underlay, peers: [PeerLease]
    ) -> Result<ReconcileReport, any Error> {
        Result { try withDriver { driver in try driver.reconcile(configuration, underlay: underlay, peers: peers) } }
    }

    func selectUnderlay() -> Result<Underlay, any Error> {
        Result { try withDriver { driver in try driver.selectUnderlay(choice) } }
    }

    func existingVTEPAddress(_ name: String) -> MACAddress? {
        try? withDriver { driver in try driver.existingVTEPAddress(name) }
    }
}
