extension Integration.BadInputTests {
    /// What is wrong in itself, whatever the machine.
    static let values: [BadStart] = [
        BadStart(
            name: "host bits", arguments: ["--network", "10.244.0.1/16"],
            words: ["--network", "host bits", "10.244.0.0/16"]),
        BadStart(name: "not a network", arguments: ["--network", "ten"], words: ["--network", "ten"]),
        BadStart(name: "subnet length", arguments: ["--subnet-len", "31"], words: ["--subnet-len", "31"]),
        BadStart(
            name: "subnet length for the network", arguments: ["--network", "10.0.0.0/24", "--subnet-len", "25"],
            words: ["--subnet-len", "26"]),
        BadStart(
            name: "minimum above maximum", arguments: ["--subnet-min", "10.244.9.0", "--subnet-max", "10.244.3.0"],
            words: ["--subnet-min", "10.244.9.0", "10.244.3.0"]),
        BadStart(
            name: "unaligned minimum", arguments: ["--subnet-min", "10.244.9.7"],
            words: ["--subnet-min", "10.244.9.7"]),
        BadStart(name: "unknown flag", arguments: ["--nonsense"], words: ["nonsense"]),
        BadStart(name: "unknown environment", environment: ["FELTD_NONSENSE": "1"], words: ["FELTD_NONSENSE"]),
        BadStart(name: "VNI", arguments: ["--vni", "16777216"], words: ["--vni", "16777215"]),
        BadStart(name: "port 0", arguments: ["--vxlan-port", "0"], words: ["--vxlan-port", "65535"]),
        BadStart(name: "port 70000", arguments: ["--bind", "0.0.0.0:70000"], words: ["--bind", "70000"]),
        BadStart(name: "MTU too small", arguments: ["--mtu", "500"], words: ["--mtu", "576"]),
        BadStart(name: "backend", arguments: ["--backend", "ipip"], words: ["--backend", "ipip", "vxlan"]),
        BadStart(name: "environment value", environment: ["FELTD_VNI": "x"], words: ["FELTD_VNI"]),
        BadStart(
            name: "minimum outside the network", arguments: ["--subnet-min", "10.9.0.0"],
            words: ["--subnet-min", "10.9.0.0", "10.244.0.0/16"]),
        BadStart(
            name: "unaligned maximum", arguments: ["--subnet-max", "10.244.3.9"],
            words: ["--subnet-max", "10.244.3.9", "/24"]),
        BadStart(name: "subnet length 0", arguments: ["--subnet-len", "0"], words: ["--subnet-len", "0"]),
        BadStart(
            name: "subnet length too near the network's", arguments: ["--subnet-len", "17"],
            words: ["--subnet-len", "17", "18", "10.244.0.0/16"]),
        BadStart(
            name: "subnet outside the network", arguments: ["--subnet", "10.9.0.0/24"],
            words: ["--subnet", "10.9.0.0/24", "10.244.0.0/16"]),
        BadStart(name: "VNI is no number", arguments: ["--vni", "x"], words: ["--vni", "x", "16777215"]),
        BadStart(name: "VXLAN port 70000", arguments: ["--vxlan-port", "70000"], words: ["--vxlan-port", "70000"]),
        BadStart(name: "gossip port 0", arguments: ["--bind", "0.0.0.0:0"], words: ["--bind", "0.0.0.0:0", "65535"]),
        BadStart(name: "MTU too large", arguments: ["--mtu", "70000"], words: ["--mtu", "70000", "65535"]),
        BadStart(name: "device name", arguments: ["--device", "a/b"], words: ["--device", "a/b", "15"]),
        BadStart(name: "interface pattern", arguments: ["--iface-regex", "["], words: ["--iface-regex", "["]),
        BadStart(name: "public address", arguments: ["--public-ip", "1.2.3"], words: ["--public-ip", "1.2.3"]),
        BadStart(name: "log level", arguments: ["--log-level", "loud"], words: ["--log-level", "loud", "debug"]),
        BadStart(name: "empty name", arguments: ["--name", ""], words: ["--name", "empty"]),
    ]
}
