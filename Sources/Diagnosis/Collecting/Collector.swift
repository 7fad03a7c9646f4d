internal import Addressing
package import ControlAPI
internal import Dataplane
internal import Glibc
internal import Inspection
internal import LeaseStore
internal import Netlink

/// Asks this machine, its kernel, its files and its peers. Reads only; the packets of the probes are all that it sends.
package struct Collector {
    /// What the daemon said or, while it is down, its database.
    package struct Cluster {
        package var isRunning: Bool
        package var daemonProblem: String?
        package var status: StatusInfo?
        package var leases: [LeaseInfo] = []
        package var members: [MemberInfo] = []
        package var database: String

        package init(isRunning: Bool, database: String) { (self.isRunning, self.database) = (isRunning, database) }
    }

    let cluster: Cluster
    let files: HostFiles
    /// What the kernel should hold now.
    let wanted: () throws -> DataplaneInfo
    /// The daemon's counters now.
    let status: () -> StatusInfo?

    package init(
        cluster: Cluster, files: HostFiles, wanted: @escaping () throws -> DataplaneInfo,
        status: @escaping () -> StatusInfo?
    ) {
        (self.cluster, self.files, self.wanted, self.status) = (cluster, files, wanted, status)
    }

    /// - Parameter progress: told what takes a while.
    package func facts(progress: (String) -> Void = { _ in }) -> Facts {
        let start = PathProber.now
        var facts = Facts()
        var clock = timespec()
        clock_gettime(CLOCK_REALTIME, &clock)
        facts.wallClock = Int64(clock.tv_sec)
        (facts.isRunning, facts.daemonProblem) = (cluster.isRunning, cluster.daemonProblem)
        (facts.status, facts.leases, facts.members) = (cluster.status, cluster.leases, cluster.members)
        facts.ownSubnet = cluster.leases.first(where: \.isSelf).flatMap { try? IPv4Block(parsing: $0.subnet) }
        facts.network = cluster.status?.pool.network.flatMap { try? IPv4Block(parsing: $0) }
        facts.backend = cluster.status?.backend
        facts.daemonsHere = RunningDaemon.count()
        var plan: DataplaneInfo?
        do {
            plan = try wanted()
        } catch {
            facts.unknown.append(.init(what: "kernel entries", reason: "\(error)"))
        }
        if let plan { take(plan, &facts) }
        takeKernel(plan, &facts)
        takeFiles(&facts)
        takeFirewall(&facts)
        progress("checking \(cluster.database)")
        StoreReading(database: cluster.database, status: cluster.status).read(into: &facts)
        takePaths(plan, &facts, progress)
        takeDifferences(&facts)
        if let before = cluster.status, let after = status() {
            facts.store.writes = after.store.writes - min(after.store.writes, before.store.writes)
            facts.store.seconds = PathProber.now - start
            for (name, value) in after.gossip {
                // Less than before: it was started anew.
                facts.counted[name] = value - min(value, before.gossip[name, default: 0])
            }
        }
        return facts
    }

    private func take(_ plan: DataplaneInfo, _ facts: inout Facts) {
        facts.network = (try? IPv4Block(parsing: plan.network)) ?? facts.network
        facts.backend = plan.backend
        facts.device = plan.device.map { .init(name: $0.name, mtu: $0.mtu) }
        facts.underlay = .init(name: plan.underlay.name, mtu: plan.underlay.mtu)
    }

    private func takeKernel(_ plan: DataplaneInfo?, _ facts: inout Facts) {
        do {
            let found = try KernelSnapshot(ownDevice: facts.deviceName)
            (facts.routes, facts.addresses, facts.deviceFound) = (found.routes, found.addresses, found.device)
        } catch {
            facts.unknown.append(.init(what: "routes and addresses", reason: "\(error)"))
        }
        facts.forwards = Self.setting("net/ipv4/ip_forward").map { $0 != 0 }
        let all = Self.setting("net/ipv4/conf/all/rp_filter") ?? 0
        for device in [facts.deviceFound?.name, facts.underlay?.name].compactMap(\.self) {
            guard let own = Self.setting("net/ipv4/conf/\(device)/rp_filter") else { continue }
            facts.reversePath[device] = max(all, own)
        }
        facts.checksums = HostFiles().text("/proc/thread-self/net/snmp").flatMap(ChecksumCounters.init(snmp:))
    }

    private static func setting(_ path: String) -> Int? {
        HostFiles().text("/proc/sys/\(path)").flatMap { Int($0.prefix { $0.isNumber }) }
    }

    private func takeFiles(_ facts: inout Facts) {
        facts.pools = ContainerPools(files: files).pools()
        let systemd = SystemdFiles(files: files)
        facts.managers.udev = systemd.macPolicy(of: facts.deviceName)
        facts.managers.networkd = systemd.managesDevice(facts.deviceName)
        facts.managers.networkdRoutes = systemd.managesRoutes()
        facts.managers.networkManager = NetworkManagerFiles(files: files).managesDevice(facts.deviceName)
        facts.managers.dhcpcd = DhcpcdFiles(files: files).configuresDevice(facts.deviceName)
    }

    private func takeFirewall(_ facts: inout Facts) {
        guard let network = facts.network else { return }
        do {
            facts.drops = try FirewallReading(network: network, facts: facts).drops()
        } catch {
            facts.unknown.append(.init(what: "the firewall", reason: "\(error)"))
        }
    }

    private func takePaths(_ plan: DataplaneInfo?, _ facts: inout Facts, _ progress: (String) -> Void) {
        let targets = targets(plan)
        guard !targets.isEmpty else { return }
        progress("probing \(min(targets.count, PathProber.mostPeers)) peers")
        do {
            facts.paths = try PathProber.run(targets)
        } catch {
            facts.unknown.append(.init(what: "the ways to the peers", reason: "\(error); run leasectl as root"))
        }
        if targets.count > PathProber.mostPeers {
            facts.unknown.append(
                .init(what: "\(targets.count - PathProber.mostPeers) peers", reason: "more than are probed at once"))
        }
    }

    private func targets(_ plan: DataplaneInfo?) -> [PathProber.Target] {
        let own = cluster.status?.nodeID ?? cluster.leases.first(where: \.isSelf)?.nodeID
        let leases = Dictionary(
            cluster.leases.map { ($0.nodeID, $0) }, uniquingKeysWith: { first, _ in first })
        let gateways = Dictionary(
            (plan?.routes ?? []).map { ($0.subnet, $0) }, uniquingKeysWith: { first, _ in first })
        return cluster.members.filter { $0.nodeID != own && $0.liveness != .left && $0.liveness != .banned }
            .compactMap { member in
                guard let place = try? HostPort(parsing: member.address), let port = place.port,
                    let gossip = try? IPv4Address(parsing: place.host)
                else { return nil }
                let lease = leases[member.nodeID]
                let address = lease.flatMap { try? IPv4Address(parsing: $0.publicIP) } ?? gossip
                var report = PathReport(
                    node: member.node, nodeID: member.nodeID, address: address, liveness: member.liveness.rawValue)
                report.heardSeconds = lease?.lastSeenSeconds
                report.gossipPort = port
                var large = Int(plan?.underlay.mtu ?? 1_500)
                if let device = plan?.device {
                    large = Int(device.mtu + DataplaneInfo.vxlanOverhead)
                    (report.vxlan, report.vxlanPort) = (.silent, device.port)
                    let route = lease.flatMap { gateways[$0.subnet] }
                    // With --direct-routing to this peer nothing goes through the tunnel.
                    if route?.device == device.name {
                        report.tunnelAddress = route?.via.flatMap { try? IPv4Address(parsing: $0) }
                    }
                }
                return PathProber.Target(report: report, gossip: gossip, largeBytes: large)
            }
    }

    /// What differs twice: what is just being changed is not wrong.
    private func takeDifferences(_ facts: inout Facts) {
        func differing() throws -> Set<RouteRow> {
            let comparison = Comparison(kernel: try KernelReader(), wanted: try wanted(), leases: cluster.leases)
            return Set(try comparison.rows().filter { !$0.ok })
        }
        do {
            var rows = try differing()
            if !rows.isEmpty, cluster.isRunning {
                usleep(300_000)
                rows.formIntersection(try differing())
            }
            facts.differences = rows.sorted { ($0.kind, $0.object) < ($1.kind, $1.object) }
        } catch {
            // Said already where the plan was asked for, or of the kernel.
        }
    }
}
