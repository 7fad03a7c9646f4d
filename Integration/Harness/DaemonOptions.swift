/// What a test starts feltd with, beyond the folders of its node.
struct DaemonOptions {
    /// `nil` leaves the flag out, so that the cluster's settings or the defaults hold.
    var network: String? = "10.244.0.0/16"
    var backend: Backend? = .vxlan
    /// Addresses of nodes or a token.
    var join: [String] = []
    /// `nil` leaves the flag out: the first node makes a key of its own.
    var keyFile: String?
    var extra: [String] = []
    var environment: [String: String] = [:]

    var arguments: [String] {
        var arguments: [String] = []
        if let network { arguments += ["--network", network] }
        if let backend { arguments += ["--backend", backend.rawValue] }
        if !join.isEmpty { arguments += ["--join", join.joined(separator: ",")] }
        if let keyFile { arguments += ["--key-file", keyFile] }
        return arguments + extra
    }
}
