extension Integration.BadInputTests {
    private static let goodKey = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"

    /// Root reads every file by two capabilities; without them, what belongs to somebody else stays shut.
    private static let withoutOverride = [
        "setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-dac_override,-dac_read_search",
    ]

    /// What is wrong with a file, or does not fit the machine.
    static let files: [BadStart] = [
        BadStart(
            name: "unknown key in --config", arguments: ["--config", "@config.json"],
            files: ["config.json": #"{"netwrok": "10.0.0.0/8"}"#], words: ["netwrok", "config.json"]),
        BadStart(
            name: "unknown key in --net-conf", arguments: ["--net-conf", "@net-conf.json"],
            files: ["net-conf.json": #"{"Network": "10.0.0.0/8", "Subnetlength": 24}"#],
            words: ["Subnetlength", "net-conf.json"]),
        BadStart(
            name: "net-conf is not JSON", arguments: ["--net-conf", "@net-conf.json"],
            files: ["net-conf.json": "{"],
            words: ["net-conf.json", "JSON"]),
        BadStart(
            name: "net-conf missing", arguments: ["--net-conf", "/nowhere/net-conf.json"],
            words: ["/nowhere/net-conf.json"]),
        BadStart(
            name: "key file missing", arguments: ["--key-file", "/nowhere/key"],
            words: ["--key-file", "/nowhere/key"]),
        BadStart(
            name: "key file open to all", arguments: ["--key-file", "@key"],
            files: ["key": goodKey], modes: ["key": 0o644],
            words: ["--key-file", "chmod 600"]),
        BadStart(
            name: "key of the wrong length", arguments: ["--key-file", "@key"], files: ["key": "AAAA\n"],
            words: ["--key-file", "line 1", "32"]),
        BadStart(
            name: "key not base64", arguments: ["--key-file", "@key"], files: ["key": "not base64!\n"],
            words: ["--key-file", "line 1", "base64"]),
        BadStart(
            name: "key file empty", arguments: ["--key-file", "@key"], files: ["key": "\n"],
            words: ["--key-file", "no key"]),
        BadStart(
            name: "interface missing", arguments: ["--iface", "eth9"], status: 1,
            words: ["--iface", "eth9", "eth0"]),
        BadStart(
            name: "state directory is a file", environment: ["FELTD_STATE_DIR": "@file"], files: ["file": ""],
            status: 1,
            words: ["file", "--state-dir"]),
        BadStart(
            name: "host-gw with a foreign public address",
            arguments: ["--backend", "host-gw", "--public-ip", "203.0.113.9"],
            words: ["--public-ip", "203.0.113.9", "192.168.50.1"]),
        BadStart(
            name: "join without a key", arguments: ["--join", "192.168.50.9"], words: ["--join", "--key-file"]),
        BadStart(
            name: "damaged token",
            arguments: ["--join", "felt1-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
            words: ["--join", "token"]),
        BadStart(
            name: "--config is not JSON", arguments: ["--config", "@config.json"], files: ["config.json": "{bad"],
            words: ["--config", "config.json", "JSON"]),
        BadStart(
            name: "--config is an array", arguments: ["--config", "@config.json"], files: ["config.json": "[]"],
            words: ["--config", "config.json", "object"]),
        BadStart(
            name: "--config missing", arguments: ["--config", "/nowhere/config.json"],
            words: ["--config", "/nowhere/config.json", "No such file"]),
        BadStart(
            name: "a value of the wrong type in --config", arguments: ["--config", "@config.json"],
            files: ["config.json": #"{"vni": "x"}"#], words: ["vni", "config.json", "\"x\""]),
        BadStart(
            name: "key file is a folder", arguments: ["--key-file", "/etc"],
            words: ["--key-file", "/etc", "not a regular file"]),
        BadStart(
            name: "key file unreadable", arguments: ["--key-file", "@key"], files: ["key": goodKey],
            modes: ["key": 0], wrapper: withoutOverride, words: ["--key-file", "key", "Permission denied"]),
        BadStart(
            name: "key and --insecure", arguments: ["--key-file", "@key", "--insecure"], files: ["key": goodKey],
            words: ["--insecure", "--key-file"]),
        BadStart(
            name: "address of no interface", arguments: ["--bind", "203.0.113.7"], status: 1,
            words: ["--bind", "203.0.113.7", "no interface"]),
        BadStart(
            name: "state directory not writable", environment: ["FELTD_STATE_DIR": "/proc/felt"], status: 1,
            words: ["--state-dir", "/proc/felt"]),
        BadStart(
            name: "run directory not writable", environment: ["FELTD_RUN_DIR": "/proc/felt"], status: 1,
            words: ["--run-dir", "/proc/felt"]),
        BadStart(
            name: "root without CAP_NET_ADMIN",
            wrapper: ["setpriv", "--bounding-set", "-net_admin", "--inh-caps", "-net_admin"], status: 1,
            words: ["root", "CAP_NET_ADMIN"]),
        BadStart(
            name: "port of a seed", arguments: ["--join", "192.168.50.9:0", "--key-file", "@key"],
            files: ["key": goodKey], words: ["--join", "192.168.50.9:0", "65535"]),
    ]
}
