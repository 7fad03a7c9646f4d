internal import Agent
internal import ArgumentParser

/// The flags of feltd. All are optional here: what they mean, and what is missing, is `FeltdConfiguration`'s business, which
/// also reads the environment and the files.
struct Arguments: ParsableArguments {
    @Option(help: ArgumentHelp("JSON file with the same names as the flags.", valueName: "file"))
    var config: String?
    @Option(
        help: ArgumentHelp("The cluster's network (default: the cluster's, else 10.244.0.0/16).", valueName: "cidr"))
    var network: [String] = []
    @Option(help: ArgumentHelp("Prefix length of a node's subnet (default: 24).", valueName: "n"))
    var subnetLen: [String] = []
    @Option(help: ArgumentHelp("First subnet to lease (default: the second of the network).", valueName: "address"))
    var subnetMin: [String] = []
    @Option(help: ArgumentHelp("Last subnet to lease (default: the last of the network).", valueName: "address"))
    var subnetMax: [String] = []
    @Option(help: ArgumentHelp("Hold this subnet and no other.", valueName: "cidr"))
    var subnet: [String] = []
    @Option(help: ArgumentHelp("Read flannel's net-conf.json.", valueName: "file"))
    var netConf: [String] = []
    @Option(help: ArgumentHelp("vxlan, host-gw or alloc (default: the cluster's, else vxlan).", valueName: "type"))
    var backend: [String] = []
    @Option(help: ArgumentHelp("VXLAN network identifier (default: 1).", valueName: "n"))
    var vni: [String] = []
    @Option(help: ArgumentHelp("UDP port of the VXLAN tunnel (default: 8472).", valueName: "port"))
    var vxlanPort: [String] = []
    @Flag(help: "Plain routes to peers that are on-link, VXLAN to the others.")
    var directRouting = false
    @Option(help: ArgumentHelp("Name of the VXLAN device (default: flannel.<vni>).", valueName: "name"))
    var device: [String] = []
    @Option(help: ArgumentHelp("MTU of the pods (default: what the interface leaves).", valueName: "n"))
    var mtu: [String] = []
    @Option(
        help: ArgumentHelp(
            "Nodes to join, or the token that `leasectl token` prints. Repeatable.", valueName: "host[:port]|token"))
    var join: [String] = []
    @Option(
        help: ArgumentHelp("How long to listen for a cluster before starting one (default: 3).", valueName: "seconds"))
    var joinTimeout: [String] = []
    @Option(help: ArgumentHelp("This node's name (default: the host name).", valueName: "name"))
    var name: [String] = []
    @Option(
        help: ArgumentHelp("Interface or address for traffic between nodes. Repeatable.", valueName: "name|address"))
    var iface: [String] = []
    @Option(help: ArgumentHelp("The same by regular expression. Repeatable.", valueName: "regex"))
    var ifaceRegex: [String] = []
    @Option(help: ArgumentHelp("The interface whose route reaches this address.", valueName: "address"))
    var ifaceCanReach: [String] = []
    @Option(
        name: .customLong("public-ip"),
        help: ArgumentHelp("The address at which peers reach this node.", valueName: "address"))
    var publicIP: [String] = []
    @Option(help: ArgumentHelp("Where to listen for gossip (default: 0.0.0.0:8473).", valueName: "address[:port]"))
    var bind: [String] = []
    @Option(help: ArgumentHelp("Cluster keys, one of 32 bytes in base64 a line; mode 0600.", valueName: "file"))
    var keyFile: [String] = []
    @Flag(help: "No cluster key: everybody who reaches the port is in.")
    var insecure = false
    @Option(help: ArgumentHelp("Where identity and leases are kept (default: /var/lib/felt).", valueName: "directory"))
    var stateDir: [String] = []
    @Option(help: ArgumentHelp("Where the control socket is (default: /run/felt).", valueName: "directory"))
    var runDir: [String] = []
    @Option(help: ArgumentHelp("File for container runtimes (default: /run/flannel/subnet.env).", valueName: "file"))
    var subnetFile: [String] = []
    @Flag(help: "Masquerade what leaves the cluster's network.")
    var ipMasq = false
    @Option(help: ArgumentHelp("Keep a CNI configuration for container runtimes in this file.", valueName: "file"))
    var cniConf: [String] = []
    @Option(
        help: ArgumentHelp(
            "Run the executables in this directory on each event, with its JSON on their standard input.",
            valueName: "directory"))
    var hooks: [String] = []
    @Option(help: ArgumentHelp("Let members of this group read over the control socket.", valueName: "group"))
    var controlGroup: [String] = []
    @Option(
        help: ArgumentHelp(
            "trace, debug, info, notice, warning, error or critical (default: info).", valueName: "level"))
    var logLevel: [String] = []
    @Option(help: ArgumentHelp("text or json (default: text).", valueName: "format"))
    var logFormat: [String] = []

    /// What was given, by setting.
    var given: [Setting: [String]] {
        let lists: [Setting: [String]] = [
            .network: network, .subnetLen: subnetLen, .subnetMin: subnetMin, .subnetMax: subnetMax, .subnet: subnet,
            .netConf: netConf, .backend: backend, .vni: vni, .vxlanPort: vxlanPort, .device: device, .mtu: mtu,
            .join: join, .joinTimeout: joinTimeout, .name: name, .iface: iface, .ifaceRegex: ifaceRegex,
            .ifaceCanReach: ifaceCanReach, .publicIP: publicIP, .bind: bind, .keyFile: keyFile, .stateDir: stateDir,
            .runDir: runDir, .subnetFile: subnetFile, .cniConf: cniConf, .hooks: hooks,
            .controlGroup: controlGroup, .logLevel: logLevel, .logFormat: logFormat,
            .directRouting: directRouting ? ["true"] : [], .insecure: insecure ? ["true"] : [],
            .ipMasq: ipMasq ? ["true"] : [],
        ]
        return lists.filter { !$0.value.isEmpty }
    }
}
