internal import Addressing
internal import Glibc

/// A machine of the lab: its namespace, its folders, and its feltd.
final class Node {
    let index: Int
    let namespace: NetworkNamespace
    let folder: String
    /// Its address on the switch.
    private(set) var address: String
    var options = DaemonOptions()
    /// What feltd is told to call it; `nil`: its name in the lab.
    var calledName: String?
    /// The feltd to run; `nil`: that of the build.
    var program: String?
    /// What feltd is started through: a program that takes privileges from it, or looks at it.
    var wrapper: [String] = []
    private(set) var daemon: BackgroundProcess?
    private(set) var pods: [Pod] = []
    /// A file that stands in for /etc/machine-id: another machine, as far as software can tell.
    var bindMachineID: String?
    private unowned let lab: Lab

    init(lab: Lab, index: Int, namespace: NetworkNamespace) {
        self.lab = lab
        self.index = index
        self.namespace = namespace
        folder = "\(lab.folder)/n\(index)"
        address = "192.168.50.\(index)"
        options.keyFile = lab.keyFile
    }

    var name: String { "n\(index)" }
    var stateFolder: String { "\(folder)/state" }
    var runFolder: String { "\(folder)/run" }
    var subnetFile: String { "\(folder)/env/subnet.env" }
    var logFile: String { "\(folder)/log" }
    var log: String { (try? readText(logFile)) ?? "" }

    // MARK: feltd

    var feltdArguments: [String] {
        [
            "--name", calledName ?? name, "--state-dir", stateFolder, "--run-dir", runFolder, "--subnet-file",
            subnetFile,
        ] + options.arguments
    }

    private var machine: [String] {
        guard let bindMachineID else { return [] }
        let mount = "mount --bind \(bindMachineID) /etc/machine-id && exec \"$@\""
        return ["unshare", "--mount", "sh", "-c", mount, "sh"]
    }

    /// Starts feltd with its options; its log goes on where it ended.
    func start() throws {
        guard daemon == nil else { throw LabError("\(name) is running already") }
        daemon = try BackgroundProcess(
            namespace.inside(machine + wrapper + [try program ?? Binaries.path("feltd")] + feltdArguments),
            environment: options.environment,
            log: logFile)
    }

    /// Ends feltd by a signal and gives how it ended.
    @discardableResult func stop(_ signal: Int32 = SIGTERM, limit: Duration = .seconds(60)) throws -> ExitStatus {
        guard let running = daemon else { throw LabError("\(name) is not running") }
        daemon = nil
        return try running.stop(signal, limit: limit)
    }

    /// Runs feltd in the foreground, for starts that must fail.
    func runFeltd(
        _ arguments: [String], environment: [String: String] = [:], wrapper: [String] = []
    ) throws -> Command {
        try Command.run(
            namespace.inside(wrapper + [try Binaries.path("feltd")] + arguments), environment: environment,
            limit: .seconds(30))
    }

    /// Waits until feltd says that its lease is held and its data plane stands.
    func waitReady() async throws {
        try await waitUntil("\(name) is ready") {
            if let status = daemon?.status { throw LabError("feltd of \(name) has ended: \(status)") }
            return try leasectl.status().ready ? nil : "status says not ready"
        }
    }

    /// A field of feltd's /proc/<pid>/status, in KiB.
    func memory(_ field: String) throws -> Int {
        guard let daemon else { throw LabError("\(name) is not running") }
        let text = try readText("/proc/\(daemon.pid)/status")
        let line = text.split(separator: "\n").first { $0.hasPrefix("\(field):") }
        guard let words = line?.split(whereSeparator: { " \t".contains($0) }), words.count > 1,
            let value = Int(words[1])
        else { throw LabError("feltd of \(name) has no \(field)\n\(text)") }
        return value
    }

    var leasectl: Leasectl {
        Leasectl(socket: "\(runFolder)/feltd.sock", database: "\(stateFolder)/felt.db")
    }

    func subnetEnv() throws -> SubnetEnv { try SubnetEnv(reading: subnetFile) }

    /// Forgets everything: the machine is installed anew.
    func wipe() throws {
        try Command.mustRun(["rm", "-rf", stateFolder, runFolder, "\(folder)/env"])
    }

    // MARK: The machine

    /// Makes the cni0 bridge with the subnet's first address and a pod on it, as CNI's bridge plugin would.
    @discardableResult func addPod() throws -> Pod {
        let env = try subnetEnv()
        if pods.isEmpty {
            try namespace.ip("link add cni0 mtu \(env.mtu) type bridge")
            try namespace.ip("addr add \(env.gateway)/\(env.subnet.prefixLength) dev cni0")
            try namespace.ip("link set cni0 up")
        }
        let number = pods.count + 1
        let space = try lab.addNamespace("n\(index)p\(number)")
        let pod = Pod(namespace: space, address: "\(env.subnet.base.advanced(by: UInt32(1 + number)))")
        try namespace.ip("link add v\(number) mtu \(env.mtu) type veth peer name eth0 mtu \(env.mtu) netns \(space)")
        try namespace.ip("link set v\(number) master cni0 up")
        try space.ip("addr add \(pod.address)/\(env.subnet.prefixLength) dev eth0")
        try space.ip("link set eth0 up")
        try space.ip("route add default via \(env.gateway)")
        pods.append(pod)
        return pod
    }

    /// Gives the machine another address, as DHCP would: the old one goes, and with it the routes through it.
    func changeAddress(to new: String) throws {
        try namespace.ip("addr del \(address)/24 dev eth0")
        try namespace.ip("addr add \(new)/24 dev eth0")
        try namespace.ip("route replace default via 192.168.50.254 dev eth0")
        address = new
    }

    /// Ends feltd without ceremony, at the end of a test.
    func abandon() { daemon = nil }

    /// What a person would look at first.
    func report() -> String {
        func show(_ arguments: [String]) -> String { (try? Command.run(arguments).report) ?? "" }
        let tail = log.split(separator: "\n").suffix(200).joined(separator: "\n")
        return """
            ===== \(name) (\(namespace), \(address)), feltd \(daemon.map { $0.status?.description ?? "runs" } ?? "stopped")
            \(show(["ip", "-n", namespace.name, "-4", "addr"]))\(show(["ip", "-n", namespace.name, "route"]))
            \((try? leasectl.run(["status"]).report) ?? "")\((try? leasectl.run(["list"]).report) ?? "")
            ----- log
            \(tail)
            """
    }
}
