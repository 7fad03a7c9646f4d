internal import Addressing
internal import Dataplane

/// The kernel's state on a thread of its own: netlink blocks for milliseconds where there are thousands of entries.
actor DataplaneWorker {
    private let executor = ThreadExecutor()
    private let request: UnderlayRequest
    private var driver: DataplaneDriver?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(request: UnderlayRequest) {
        self.request = request
    }

    func reconcile(
        _ configuration: DataplaneConfiguration, underlay: Underlay, peers: [PeerLease], keepsUnknown: Bool
    ) -> Result<ReconcileReport, DataplaneError> {
        Result { () throws(DataplaneError) in
            try openedDriver().reconcile(
                configuration, underlay: underlay, peers: peers, keepsUnknown: keepsUnknown)
        }
    }

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
