internal import Addressing
internal import Dataplane

/// The kernel's state on a thread of its own: netlink blocks for milliseconds where there are thousands of entries.
actor DataplaneWorker {
    private let executor = ThreadExecutor(yields: true)
    private let request: UnderlayRequest
    private var driver: DataplaneDriver?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(request: UnderlayRequest) {
        self.request = request
    }

    func reconcile(
        _ configuration: DataplaneConfiguration, underlay: Underlay, peers: [PeerLease], keepsUnknown: Bool,
        looksForOthers: Bool
    ) -> Result<ReconcileReport, DataplaneError> {
        Result { () throws(DataplaneError) in
            let driver = try openedDriver()
            var report = try driver.reconcile(
                configuration, underlay: underlay, peers: peers, keepsUnknown: keepsUnknown,
                looksForOthers: looksForOthers)
            report.changesEver = driver.changesSent
            report.requester = driver.requester
            return report
        }
    }

    /// What the kernel should hold now.
    func desired(
        _ configuration: DataplaneConfiguration, underlay: Underlay, peers: [PeerLease]
    ) -> Result<DesiredState, DataplaneError> {
        Result { () throws(DataplaneError) in
            try openedDriver().desired(configuration, underlay: underlay, peers: peers)
        }
    }

    /// The port of the socket that changes the kernel; 0 when there is none.
    var requester: UInt32 { (try? openedDriver().requester) ?? 0 }

    func selectUnderlay() -> Result<Underlay, UnderlaySelectionError> {
        Result { () throws(UnderlaySelectionError) in try UnderlaySelector.select(request) }
    }

    func attachedEndpoint(in subnet: IPv4Block, besides device: String) -> String? {
        try? EndpointSearch.find(in: subnet, besides: device)
    }

    func existingVTEPAddress(_ name: String) -> MACAddress? {
        try? openedDriver().existingVTEPAddress(of: name)
    }

    /// The driver belongs to this thread; it is opened at the first use.
    private func openedDriver() throws(DataplaneError) -> DataplaneDriver {
        if let driver { return driver }
        let opened = try DataplaneDriver()
        driver = opened
        return opened
    }
}
