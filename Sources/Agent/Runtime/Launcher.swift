internal import Addressing
internal import ControlAPI
internal import Dataplane
internal import Glibc
internal import Gossip
internal import LeaseLedger
internal import LeaseStore
package import Logging
internal import Netlink

/// Puts a daemon together from its configuration and runs it.
package struct Launcher: Sendable {
    let configuration: FeltdConfiguration
    let log: Logger

    package static var release: String { ControlProtocol.release }

    package init(configuration: FeltdConfiguration, log: Logger) {
        self.configuration = configuration
        self.log = log
    }

    /// Runs until a signal or a failure ends it.
    package func run() async throws(StartFailure) {
        let stop = StopSignal()
        let reload = StopSignal()
        SignalWaiter.wait { signal in
            if signal == SIGHUP { reload.raise() } else { stop.raise() }
        }
        try checkPrivileges()
        let (keys, keyFileCluster) = try readKeyFile()
        let store = try openStore()
        let worker = DataplaneWorker(request: underlayRequest)
        let underlay = try await awaitUnderlay(worker, stop)
        guard let underlay else { return }
        var session = Session(
            keys: keys, keyFileCluster: keyFileCluster, store: store.writer, worker: worker, underlay: underlay,
            state: store.state, silence: store.problem)
        let socket = try bind()
        guard let loop = EventLoop(socket: socket) else { throw StartFailure("the system gives no more descriptors") }
        loop.start()
        let control = ControlFeed()
        defer { control.stop() }
        var retirement: IdentityFile.Retirement?
        while true {
            let daemon = try await prepare(&session, socket, loop, control, retiring: retirement)
            stop.onRaise { Task { await daemon.stop() } }
            reload.onRaise { Task { await daemon.rereadKeyFile() } }
            let end = await daemon.run()
            // The machine may have moved meanwhile.
            session.underlay = await daemon.underlay
            switch end {
            case .stopped: return
            case .failed(let failure): throw failure
            case .newIdentity: retirement = .cloned
            case .storeRecovered(let state):
                session.state = state
                session.silence = nil
            }
        }
    }

    // MARK: Steps

    private func checkPrivileges() throws(StartFailure) {
        guard configuration.request.backend != .alloc, !NetworkAdministration.isPermitted else { return }
        throw StartFailure("feltd changes routes and devices: run it as root or grant it CAP_NET_ADMIN")
    }

    private func readKeyFile() throws(StartFailure) -> (KeyRing?, UInt64?) {
        guard let path = configuration.keyFile else { return (nil, nil) }
        do {
            let file = KeyFile(path: path)
            return (try file.read(), try file.clusterID())
        } catch {
            throw StartFailure("--key-file: \(error)", status: StartFailure.usage)
        }
    }

    private func openStore() throws(StartFailure) -> OpenedStore {
        let directory = configuration.stateDirectory
        do {
            let store = try LeaseStore(stateDirectory: directory)
            if case .openedFresh(let setAside) = store.opening {
                log.error("\(setAside); the peers know the rest", id: "store-set-aside", ["path": setAside.keptAs])
            }
            let state = try store.load()
            tellSkipped(state)
            return OpenedStore(
                writer: StoreWriter(store, stateDirectory: directory, log: log), state: state, problem: nil)
        } catch {
            // A disk that takes no writes now: what it holds can be read, and the node waits in silence.
            let reader = LeaseStoreReader(stateDirectory: directory)
            guard error.isPassing, reader.daemonPresence == .down,
                let state = try? reader.readAll()
            else { throw StartFailure("\(error)") }
            tellSkipped(state)
            let writer = StoreWriter(stateDirectory: directory, database: reader.path, log: log)
            return OpenedStore(writer: writer, state: state, problem: error)
        }
    }

    private func tellSkipped(_ state: StoredState) {
        for row in state.skipped { log.warning("not used of the store: \(row)", id: "store-row-skipped") }
    }

    private struct OpenedStore {
        let writer: StoreWriter
        let state: StoredState
        /// Why the store cannot be written now.
        let problem: StoreError?
    }

    private func bind() throws(StartFailure) -> UDPSocket {
        let any = AnyIPAddress.v4(IPv4Address(bits: 0))
        do {
            return try UDPSocket(
                binding: Endpoint(address: configuration.bindAddress ?? any, port: configuration.bindPort))
        } catch {
            throw StartFailure("\(error)")
        }
    }

    private var underlayRequest: UnderlayRequest {
        UnderlayRequest(
            interfaces: configuration.interfaces, patterns: configuration.interfaceExpressions,
            canReach: configuration.canReach, publicIP: configuration.publicIP?.v4,
            ownDevice: configuration.device ?? "flannel.\(configuration.request.vni ?? 1)")
    }

    /// An edge machine may boot before its network: what may come right by itself is waited for.
    private func awaitUnderlay(
        _ worker: DataplaneWorker, _ stop: StopSignal
    ) async throws(StartFailure) -> Underlay? {
        var hasSaid = false
        while true {
            switch await worker.selectUnderlay() {
            case .success(let underlay):
                log.info(
                    "the underlay is \(underlay.name) \(underlay.address)", id: "underlay",
                    ["interface": underlay.name, "address": "\(underlay.address)", "mtu": "\(underlay.mtu)"])
                try checkMTU(underlay)
                return underlay
            case .failure(let error) where error.isPassing && !error.namesWhatIsMissing:
                if !hasSaid { log.warning("\(error); waiting for the network", id: "underlay-waiting") }
                hasSaid = true
                try? await Task.sleep(for: .milliseconds(500))
                if stop.isRaised { return nil }
            case .failure(let error): throw StartFailure("\(error)")
            }
        }
    }

    private func checkMTU(_ underlay: Underlay) throws(StartFailure) {
        guard let settings = try? configuration.request.resolved(), configuration.request.backend != .alloc else {
            return
        }
        let plan = DataplaneConfiguration(
            settings: settings, deviceName: configuration.device, mtu: configuration.mtu,
            vtepMAC: MACAddress(locallyAdministered: 0))
        do {
            _ = try plan.effectiveMTU(over: underlay)
            try plan.checkDeviceName(over: underlay)
        } catch {
            throw StartFailure("\(error)", status: StartFailure.usage)
        }
        if settings.backend == .hostGateway, let publicIP = configuration.publicIP, publicIP != .v4(underlay.address) {
            throw StartFailure(
                "--public-ip \(publicIP) is not the address of \(underlay.name) (\(underlay.address)): host-gw routes by "
                    + "the interface's own address; leave --public-ip out or use vxlan", status: StartFailure.usage)
        }
    }
}

extension UnderlaySelectionError {
    /// The operator has named something that is not there: a mistake more often than a slow boot.
    fileprivate var namesWhatIsMissing: Bool {
        if case .notFound = self { true } else { false }
    }
}
