internal import Addressing
internal import ControlAPI
internal import Inspection

/// This machine's forwarding of pods' packets.
enum KernelChecks {
    private static let overhead = DataplaneInfo.vxlanOverhead

    static func forwarding(_ facts: Facts) -> [Finding] {
        guard facts.forwards == false, facts.backend != "alloc" else { return [] }
        return [
            Finding(
                "ip-forward", what: "net.ipv4.ip_forward is 0",
                why: "The kernel drops what comes for a container instead of passing it on.",
                remedy: .setting(path: "net/ipv4/ip_forward", value: "1"))
        ]
    }

    /// The larger of the device's and all's counts: 1 is strict, and 2, loose, lifts a 1 of the other (ip-sysctl.rst).
    static func reversePath(_ facts: Facts) -> [Finding] {
        guard facts.backend != "alloc" else { return [] }
        return facts.reversePath.filter { $0.value == 1 }.keys.sorted().map { device in
            Finding(
                "rp-filter", subject: device, what: "rp_filter is strict (1) on \(device)",
                why: "Where the way back is another, as with --direct-routing on one side, packets vanish.",
                remedy: .setting(path: "net/ipv4/conf/\(device)/rp_filter", value: "2"))
        }
    }

    static func forwardDrops(_ facts: Facts) -> [Finding] {
        guard facts.backend != "alloc" else { return [] }
        return facts.drops.prefix(8).map { drop in
            let network = facts.network.map { "\($0)" } ?? "NETWORK"
            let words = drop.chain.split(separator: " ").map(String.init)
            let isTables = drop.isLegacy || (words.count == 3 && words[1] == "filter" && words[2] == "FORWARD")
            let command = drop.isLegacy ? "iptables-legacy" : "iptables"
            let fix =
                isTables
                ? "\(command) -I FORWARD -s \(network) -j ACCEPT; \(command) -I FORWARD -d \(network) -j ACCEPT"
                : "nft insert rule \(drop.chain) ip saddr \(network) accept; "
                    + "nft insert rule \(drop.chain) ip daddr \(network) accept"
            return Finding(
                "forward-drop", subject: drop.chain,
                what: "\(drop.chain) drops packets \(drop.direction): \(drop.reason)",
                why: "Containers of different nodes do not reach each other.", fix: fix)
        }
    }

    static func deviceMTU(_ facts: Facts) -> [Finding] {
        guard let device = facts.deviceFound, let underlay = facts.underlay, underlay.mtu > overhead,
            device.mtu > underlay.mtu - overhead
        else { return [] }
        return [
            Finding(
                "mtu-device", subject: device.name,
                what: "\(device.name) has MTU \(device.mtu), \(underlay.name) below it \(underlay.mtu)",
                why: "A full packet and its \(overhead) bytes of VXLAN do not fit: large transfers hang or are split.",
                fix: "feltd --mtu \(underlay.mtu - overhead)   # in /etc/felt/feltd.json, then systemctl restart feltd")
        ]
    }

    static func entries(_ facts: Facts) -> [Finding] {
        facts.differences.prefix(8).map { row in
            let id = row.expected == nil ? "kernel-stale" : row.actual == nil ? "kernel-missing" : "kernel-differs"
            let what =
                row.expected == nil
                ? "should not be there: \(row.actual ?? "")"
                : row.actual == nil
                    ? "is missing: \(row.expected ?? "")"
                    : "is \(row.actual ?? ""), should be \(row.expected ?? "")"
            return Finding(
                id, subject: row.object, what: "the \(row.kind) of \(row.object) \(what)",
                why: "Packets for the subnet go astray or nowhere.",
                fix: facts.isRunning ? "leasectl routes --diff; journalctl -u feltd -n 50" : "systemctl start feltd")
        }
    }
}
