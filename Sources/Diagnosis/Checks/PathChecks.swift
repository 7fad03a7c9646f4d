/// The ways to the peers: machine, gossip port, VXLAN port and MTU told apart.
enum PathChecks {
    private static let mostNamed = 8
    /// Seconds without a word of its own, beyond the time in which each of the cluster is probed in turn.
    private static let patience = 20.0

    private static func isLive(_ path: PathReport) -> Bool { path.liveness == "alive" }

    private static func isExpected(_ path: PathReport) -> Bool { path.liveness != "left" && path.liveness != "banned" }

    static func unreachable(_ facts: Facts) -> [Finding] {
        let silent = facts.paths.filter { isExpected($0) && !isLive($0) && !$0.answers && $0.gossip != .closed }
        return silent.prefix(mostNamed).map { path in
            Finding(
                "peer-unreachable", subject: path.node,
                what: "\(path.node) at \(path.address) is \(path.liveness) and answers no ping",
                why: "Its containers are not reached. The machine is off, or the network between is broken.",
                fix: "ping \(path.address); for a machine that is gone for good: leasectl node forget \(path.node)")
        }
    }

    static func gossip(_ facts: Facts) -> [Finding] {
        // While our own daemon is down nobody knows who lives.
        guard facts.isRunning else { return [] }
        // A port that is closed is, also before the others have noticed.
        return facts.paths.filter { isExpected($0) && ($0.gossip == .closed || !isLive($0) && $0.answers) }
            .prefix(mostNamed).map { path in
                if path.gossip == .closed {
                    return Finding(
                        "peer-daemon-down", subject: path.node,
                        what: "\(path.node) at \(path.address) is up, but nobody listens on its UDP port "
                            + "\(path.gossipPort)",
                        why: "feltd does not run there; its routes stay as they are.",
                        fix: "ssh \(path.address) systemctl start feltd")
                }
                return Finding(
                    "gossip-blocked", subject: path.node,
                    what: "\(path.node) at \(path.address) is up, but nothing comes back from its gossip port "
                        + "\(path.gossipPort)" + (path.gossip == .forbidden ? " (a firewall refuses it)" : ""),
                    why:
                        "Neither node learns of the other's changes: a firewall blocks UDP, in one or both directions.",
                    fix: "nft insert rule inet filter input udp dport \(path.gossipPort) accept   # on both machines")
            }
    }

    static func vxlan(_ facts: Facts) -> [Finding] {
        facts.paths.filter { isExpected($0) && $0.answersTunnel == false && ($0.answers || isLive($0)) }
            .prefix(mostNamed).map { path in
                if path.vxlan == .closed {
                    return Finding(
                        "vxlan-closed", subject: path.node,
                        what: "\(path.node) at \(path.address) has no VXLAN device on UDP port \(path.vxlanPort)",
                        why: "Packets for its containers are refused.", fix: "ssh \(path.address) leasectl status")
                }
                let target = path.tunnelAddress.map { "\($0)" } ?? "its device"
                return Finding(
                    "vxlan-blocked", subject: path.node,
                    what: "\(path.node) at \(path.address) is up, but \(target) does not answer through VXLAN, "
                        + "UDP port \(path.vxlanPort)" + (path.vxlan == .forbidden ? " (a firewall refuses it)" : ""),
                    why: "The nodes know each other, and their containers do not reach each other.",
                    fix: "nft insert rule inet filter input udp dport \(path.vxlanPort) accept   # on both machines")
            }
    }

    /// Others vouch for it, and nothing comes from it itself.
    static func oneWay(_ facts: Facts) -> [Finding] {
        // A node probes one member a second, in turn.
        let limit = patience + 3 * Double(facts.members.count)
        return facts.paths.filter { isLive($0) && ($0.heardSeconds.map { $0 > limit } ?? false) }
            .prefix(mostNamed).map { path in
                let seconds = Int(path.heardSeconds ?? 0)
                return Finding(
                    "one-way", subject: path.node,
                    what: "others hear \(path.node), but nothing of it has come here for \(seconds) s",
                    why: "Packets from \(path.address) to here are lost: half of every connection is.",
                    fix: "tcpdump -ni any udp port \(path.gossipPort) and host \(path.address)   # on both machines")
            }
    }

    static func pathMTU(_ facts: Facts) -> [Finding] {
        facts.paths.filter { $0.answers && $0.answersLarge == false }.prefix(mostNamed).map { path in
            let isTunnel = facts.backend == "vxlan"
            let found = path.largestBytes.map { "; \($0) come through" } ?? ""
            let mtu = path.largestBytes.map { "\($0 - (isTunnel ? 50 : 0))" } ?? "1230"
            return Finding(
                "mtu-path", subject: path.node,
                what: "packets of \(path.largeBytes) bytes do not reach \(path.node) at \(path.address)\(found)",
                why: "Small packets pass and large ones vanish: connections open, then hang.",
                fix: "feltd --mtu \(mtu)   # in /etc/felt/feltd.json of every node, or raise the MTU on the way")
        }
    }
}
