internal import ControlAPI

/// What `/metrics` tells of a snapshot.
enum ClusterMetrics {
    /// Peers whose round trip is a series of its own; a cluster may grow, a scrape may not.
    static let mostPeers = 256
    static let mostCounters = 200

    struct Process {
        var streamClients: Int
        var failedReadings: UInt64
    }

    static func text(_ snapshot: ClusterSnapshot, _ process: Process) -> String {
        var metrics = MetricsText()
        metrics.add("felt_up", "Whether feltd answers on its control socket.", snapshot.isUp)
        metrics.add(
            "felt_web_build_info", "The release of felt-web.", info: [("version", ControlProtocol.release)])
        metrics.add("felt_web_stream_clients", .gauge, "Browsers that follow the page live.", process.streamClients)
        metrics.add(
            "felt_web_failed_readings_total", .counter, "Times feltd was asked and did not answer.",
            process.failedReadings)
        // What was true before feltd went says nothing about now.
        guard snapshot.isUp, let status = snapshot.status else { return metrics.text }
        if let version = snapshot.version {
            metrics.add("felt_build_info", "The release of feltd.", info: [("version", version.version)])
        }
        node(status, snapshot, &metrics)
        cluster(status, snapshot, &metrics)
        dataplane(status, &metrics)
        counters(status, &metrics)
        roundTrips(snapshot, &metrics)
        return metrics.text
    }

    private static func node(_ status: StatusInfo, _ snapshot: ClusterSnapshot, _ metrics: inout MetricsText) {
        metrics.add(
            "felt_node_info", "This node.",
            info: [
                ("cluster", status.cluster), ("node", status.node), ("node_id", status.nodeID),
                ("backend", status.backend), ("state", status.state),
            ])
        metrics.add(
            "felt_ready", "Whether the lease is held, the data plane stands and subnet.env is written.", status.ready)
        metrics.add("felt_lease_held", "Whether this node holds a subnet.", status.lease != nil)
        guard let subnet = status.lease else { return }
        let own = snapshot.leases.first { $0.isSelf }
        metrics.add(
            "felt_lease_info", "The subnet of this node and how firmly it is claimed.",
            info: [("subnet", subnet), ("class", own?.leaseClass.rawValue ?? "")])
        if let own {
            metrics.add(
                "felt_lease_held_seconds", .gauge, "How long this node has held its subnet.", own.tenureSeconds)
        }
    }

    private static func cluster(_ status: StatusInfo, _ snapshot: ClusterSnapshot, _ metrics: inout MetricsText) {
        let peers = status.peers
        metrics.add(
            "felt_peers", .gauge, "The other nodes by what this node thinks of them.",
            [
                ("alive", peers.alive), ("suspect", peers.suspect), ("unreachable", peers.unreachable),
                ("left", peers.left),
            ]
            .map { ([("liveness", $0)], "\($1)") })
        let classes = Dictionary(grouping: snapshot.leases, by: \.leaseClass.rawValue).sorted { $0.key < $1.key }
        metrics.add(
            "felt_leases", .gauge, "The claims on subnets by class.",
            classes.prefix(16).map { ([("class", $0.key)], "\($0.value.count)") })
        metrics.add(
            "felt_lease_conflicts", .gauge, "Claims that overlap another's.",
            NodeRow.rows(of: snapshot).count { $0.isConflicted })
        metrics.add("felt_pool_subnets", .gauge, "Subnets of the network that may be leased.", status.pool.total)
        metrics.add("felt_pool_subnets_used", .gauge, "Subnets that are held.", status.pool.used)
        metrics.add("felt_pool_subnets_free", .gauge, "Subnets that are free.", status.pool.free)
    }

    private static func dataplane(_ status: StatusInfo, _ metrics: inout MetricsText) {
        let dataplane = status.dataplane
        metrics.add(
            "felt_dataplane_in_sync", "Whether the kernel has what it should have, as far as is known.",
            dataplane.inSync)
        metrics.add(
            "felt_dataplane_desired_entries", .gauge, "Kernel entries that should be there.", dataplane.desired)
        metrics.add(
            "felt_dataplane_failures", .gauge, "Entries that the kernel refuses now.", dataplane.failures.count)
        metrics.add(
            "felt_dataplane_skipped_peers", .gauge, "Peers left out on purpose, as one that is not on-link.",
            dataplane.skipped.count)
        if let seconds = dataplane.lastRepairSeconds {
            metrics.add(
                "felt_dataplane_last_repair_seconds", .gauge, "Seconds since an entry was last put right.", seconds)
        }
        metrics.add(
            "felt_store_writes_total", .counter, "Transactions written to the store since feltd's start.",
            status.store.writes)
        metrics.add("felt_store_healthy", "Whether the store has no problem.", status.store.problem == nil)
    }

    private static func counters(_ status: StatusInfo, _ metrics: inout MetricsText) {
        for (counter, value) in status.gossip.sorted(by: { $0.key < $1.key }).prefix(mostCounters) {
            guard let name = MetricsText.name(counter) else { continue }
            metrics.add(
                "felt_gossip_\(name)_total", .counter, "Gossip: \(counter.shown), since feltd's start.", value)
        }
    }

    private static func roundTrips(_ snapshot: ClusterSnapshot, _ metrics: inout MetricsText) {
        var seen: Set<String> = []
        let measured = snapshot.members.sorted { $0.nodeID < $1.nodeID }.filter {
            $0.rttMilliseconds?.isFinite == true && seen.insert($0.nodeID).inserted
        }
        metrics.add(
            "felt_peer_round_trip_seconds", .gauge, "Smoothed round trip to a peer.",
            measured.prefix(mostPeers).map { member in
                ([("peer", member.node), ("peer_id", member.nodeID)], "\((member.rttMilliseconds ?? 0) / 1_000)")
            })
        metrics.add(
            "felt_peer_round_trips_omitted", .gauge,
            "Measured peers beyond the \(mostPeers) whose round trip is shown.", max(0, measured.count - mostPeers))
    }
}
