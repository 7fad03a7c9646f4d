internal import Addressing
internal import Glibc
internal import LeaseLedger

/// Which cluster a node belongs to, what all agree on there, and what opens it: <state-dir>/cluster, beside the database. A damaged database thus
/// costs no more than a question to the peers: without the key none would answer. Format 1:
///
///     felt-cluster 1
///     cluster <16 hexadecimal digits>
///     settings <network> <subnet length> <minimum> <maximum> <backend> <VNI> <VXLAN port> <direct routing: 0 or 1>
///     key <64 hexadecimal digits>, the sealing one first, as many lines as there are keys
///     checksum <16 hexadecimal digits: FNV-1a, 64 bit, of the lines above>
struct ClusterFile: Sendable {
    /// What the file says.
    struct Contents: Hashable, Sendable {
        var clusterID: UInt64?
        /// As agreed with another node.
        var settings: NetworkSettings?
        /// 32 bytes each; only if the node was not given a key file.
        var keys: [[UInt8]] = []
    }

    let path: String

    private static let longest = 1 << 16

    init(stateDirectory: String) { path = stateDirectory + "/cluster" }

    /// `nil` when the file is absent or not what was written: the database says the same.
    func read() -> Contents? {
        guard let file = try? Descriptor(opening: path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK),
            let status = try? file.status(), status.st_mode & S_IFMT == S_IFREG,
            status.st_uid == geteuid() || status.st_uid == 0,
            let bytes = try? file.read(limit: Self.longest)
        else { return nil }
        // It holds the cluster's key.
        if status.st_mode & 0o077 != 0 { try? file.setMode(0o600) }
        return Contents(encoded: bytes)
    }

    /// Replaces the file; durable before it returns, and either the old or the new one if it does not.
    func write(_ contents: Contents) throws(StoreError) {
        let temporary = path + ".new"
        do {
            unlink(temporary)
            do {
                let file = try Descriptor(
                    opening: temporary, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
                try file.write(contents.encoded)
                try file.sync()
            }
            try Paths.rename(temporary, to: path)
            try Paths.syncDirectory(Paths.parent(of: path))
        } catch {
            unlink(temporary)
            throw StoreError(error, path: path)
        }
    }
}

extension ClusterFile.Contents {
    private static let magic = "felt-cluster 1"

    fileprivate var encoded: [UInt8] {
        var text = Self.magic + "\n"
        if let clusterID { text += "cluster \(hexadecimal(clusterID, digits: 16))\n" }
        if let settings { text += "settings \(Self.words(settings).joined(separator: " "))\n" }
        for key in keys { text += "key \(key.map { hexadecimal($0, digits: 2) }.joined())\n" }
        return Array("\(text)checksum \(hexadecimal(fnv1a(text.utf8), digits: 16))\n".utf8)
    }

    fileprivate init?(encoded: [UInt8]) {
        guard let text = String(validating: encoded, as: UTF8.self) else { return nil }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first, first == Self.magic, lines.popLast()?.isEmpty == true,
            let last = lines.popLast(),
            last == "checksum " + hexadecimal(fnv1a((lines.joined(separator: "\n") + "\n").utf8), digits: 16)
        else { return nil }
        for line in lines.dropFirst() {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            switch parts[0] {
            case "cluster":
                guard clusterID == nil, let number = UInt64(parts[1], radix: 16) else { return nil }
                clusterID = number
            case "settings":
                guard settings == nil, let found = Self.settings(parts[1].split(separator: " ")) else { return nil }
                settings = found
            case "key":
                guard let key = bytes(hexadecimal: parts[1]), key.count == StoredState.keyLength else { return nil }
                keys.append(key)
            // Of a later release.
            default: continue
            }
        }
    }

    private static func words(_ settings: NetworkSettings) -> [String] {
        let pool = settings.pool
        return [
            "\(pool.network)", "\(pool.subnetLength)", "\(pool.subnetMin)", "\(pool.subnetMax)", settings.backend.label,
            "\(settings.vni)", "\(settings.vxlanPort)", settings.directRouting ? "1" : "0",
        ]
    }

    private static func settings(_ words: [Substring]) -> NetworkSettings? {
        guard words.count == 8, let network = try? IPv4Block(parsing: words[0]), let length = Int(words[1]),
            let least = try? IPv4Address(parsing: words[2]), let most = try? IPv4Address(parsing: words[3]),
            let pool = try? SubnetPool(network: network, subnetLength: length, subnetMin: least, subnetMax: most),
            let backend = BackendKind(label: String(words[4])), let vni = UInt32(words[5]), (1..<1 << 24).contains(vni),
            let port = UInt16(words[6]), port != 0, let direct = ["0": false, "1": true][words[7]]
        else { return nil }
        return NetworkSettings(pool: pool, backend: backend, vni: vni, vxlanPort: port, directRouting: direct)
    }
}
