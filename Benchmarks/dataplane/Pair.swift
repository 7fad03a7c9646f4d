internal import Glibc

/// Two machines on a wire, each with a pod behind a bridge.
final class Pair {
    private let folder: String
    private let name: String
    private var daemons: [Background] = []
    private var subnets = ["10.244.1", "10.244.2"]

    init(scene: Scene, name: String) throws {
        folder = "\(scene.folder)/\(name)"
        self.name = "felt-bench-\(getpid())-\(name)"
        try shell(
            """
            set -e
            mkdir \(folder)
            for n in 1 2; do
                ip netns add \(self.name)-$n; ip netns add \(self.name)-pod$n
                ip -n \(self.name)-$n link set lo up
            done
            ip link add eth0 netns \(self.name)-1 type veth peer name eth0 netns \(self.name)-2
            for n in 1 2; do
                ip -n \(self.name)-$n addr add 192.168.60.$n/24 dev eth0
                ip -n \(self.name)-$n link set eth0 up
                ip -n \(self.name)-$n route add default via 192.168.60.254 dev eth0
                ip netns exec \(self.name)-$n sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
            done
            """)
    }

    func remove() {
        for daemon in daemons { daemon.stop() }
        for part in ["1", "2", "pod1", "pod2"] {
            _ = succeeds("kill -9 $(ip netns pids \(name)-\(part)); ip netns delete \(name)-\(part)")
        }
    }

    func configureByFelt(_ programs: Programs, backend: String) throws {
        try shell("head -c 32 /dev/urandom | base64 > \(folder)/key; chmod 600 \(folder)/key")
        for node in 1...2 {
            daemons.append(
                try Background(
                    [
                        "ip", "netns", "exec", "\(name)-\(node)", programs.feltd, "--backend", backend, "--name",
                        "n\(node)",
                        "--state-dir", "\(folder)/state\(node)", "--run-dir", "\(folder)/run\(node)", "--subnet-file",
                        "\(folder)/subnet\(node)", "--key-file", "\(folder)/key", "--join", "192.168.60.1,192.168.60.2",
                    ], log: "\(folder)/log\(node)"))
        }
        for node in 1...2 {
            _ = try waitFor("the route to the other node") {
                succeeds("ip -n \(name)-\(node) route show proto 70 | grep -q . && test -s \(folder)/subnet\(node)")
            }
            let line = try shell(". \(folder)/subnet\(node); echo $FLANNEL_SUBNET")
            subnets[node - 1] = line.split(separator: ".").prefix(3).joined(separator: ".")
        }
        try addPods(mtu: backend == "vxlan" ? 1450 : 1500)
    }

    func configureByHand(backend: String) throws {
        for (node, other) in [(1, 2), (2, 1)] {
            let (space, theirs) = ("\(name)-\(node)", subnets[other - 1])
            guard backend == "vxlan" else {
                try shell("ip -n \(space) route add \(theirs).0/24 via 192.168.60.\(other) dev eth0")
                continue
            }
            let mac = { (node: Int) in "02:00:00:00:0a:0\(node)" }
            try shell(
                """
                set -e
                ip -n \(space) link add flannel.1 mtu 1450 address \(mac(node)) txqueuelen 0 type vxlan id 1 \
                    local 192.168.60.\(node) dev eth0 dstport 8472 nolearning
                ip -n \(space) addr add \(subnets[node - 1]).0/32 dev flannel.1
                ip -n \(space) link set flannel.1 up
                ip -n \(space) neigh add \(theirs).0 lladdr \(mac(other)) dev flannel.1 nud permanent
                bridge -n \(space) fdb add \(mac(other)) dev flannel.1 dst 192.168.60.\(other) self permanent
                ip -n \(space) route add \(theirs).0/24 via \(theirs).0 dev flannel.1 onlink
                """)
        }
        try addPods(mtu: backend == "vxlan" ? 1450 : 1500)
    }

    private func addPods(mtu: Int) throws {
        for node in 1...2 {
            let (space, pod, subnet) = ("\(name)-\(node)", "\(name)-pod\(node)", subnets[node - 1])
            try shell(
                """
                set -e
                ip -n \(space) link add cni0 mtu \(mtu) type bridge
                ip -n \(space) addr add \(subnet).1/24 dev cni0
                ip -n \(space) link set cni0 up
                ip -n \(space) link add v1 mtu \(mtu) type veth peer name eth0 mtu \(mtu) netns \(pod)
                ip -n \(space) link set v1 master cni0 up
                ip -n \(pod) addr add \(subnet).2/24 dev eth0
                ip -n \(pod) link set lo up; ip -n \(pod) link set eth0 up
                ip -n \(pod) route add default via \(subnet).1
                """)
        }
    }

    /// Gbit/s over two seconds.
    func throughput() throws -> Double {
        let server = try Background(
            ["ip", "netns", "exec", "\(name)-pod2", "iperf3", "-s", "-1"], log: "\(folder)/iperf")
        defer { server.stop() }
        _ = try waitFor("iperf3 to listen", most: 5_000) {
            succeeds("ip netns exec \(name)-pod2 ss -tln | grep -q :5201")
        }
        let output = try shell(
            "ip netns exec \(name)-pod1 iperf3 -c \(subnets[1]).2 -t 2 -f m | grep receiver | grep -o '[0-9.]* Mbits'")
        return (Double(output.split(separator: " ").first ?? "") ?? 0) / 1000
    }
}
