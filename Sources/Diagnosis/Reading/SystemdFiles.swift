/// What udev and systemd-networkd would do with a device, by their files.
struct SystemdFiles {
    let files: HostFiles
    /// Those before hide those behind of the same name (systemd.link(5)).
    private static let folders = [
        "/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd", "/lib/systemd",
    ]

    /// The file whose MACAddressPolicy udev follows for the device; `nil` when it leaves the address alone.
    func macPolicy(of device: String) -> String? {
        guard
            files.exists("/usr/lib/systemd/systemd-udevd") || files.exists("/lib/systemd/systemd-udevd")
                || files.exists("/run/udev")
        else { return nil }
        for (path, file) in matching(".link", device, nameKey: "OriginalName") {
            guard let policy = file.value("Link", "MACAddressPolicy"), policy != "none", !policy.isEmpty else {
                return nil
            }
            return "\(path): \(policy)"
        }
        return nil
    }

    private var runsNetworkd: Bool {
        files.exists("/run/systemd/netif")
            || files.exists("/etc/systemd/system/multi-user.target.wants/systemd-networkd.service")
    }

    /// The file by which systemd-networkd manages the device; `nil` when it does not.
    func managesDevice(_ device: String) -> String? {
        guard runsNetworkd, let (path, file) = matching(".network", device, nameKey: "Name").first,
            !INIFile.isTrue(file.value("Link", "Unmanaged"))
        else { return nil }
        return path
    }

    /// Why systemd-networkd removes the routes of others when it starts; `nil` when it does not.
    func managesRoutes() -> String? {
        guard runsNetworkd else { return nil }
        var setting: (value: String, path: String)?
        let main = Self.folders.map { "\($0)/networkd.conf" }.first(where: files.exists)
        for path in [main].compactMap(\.self) + dropIns("networkd.conf.d", suffix: ".conf") {
            guard let text = files.text(path), let value = INIFile(text).value("Network", "ManageForeignRoutes") else {
                continue
            }
            setting = (value, path)
        }
        guard let setting else { return "ManageForeignRoutes is not set, and yes by default" }
        return INIFile.isFalse(setting.value) ? nil : "\(setting.path): ManageForeignRoutes=\(setting.value)"
    }

    /// Files that apply to the device; the first is the one that counts.
    private func matching(_ suffix: String, _ device: String, nameKey: String) -> [(String, INIFile)] {
        dropIns("network", suffix: suffix).compactMap { path in
            guard let text = files.text(path) else { return nil }
            let file = INIFile(text)
            let conditions = file.section("Match")
            guard !conditions.isEmpty else { return nil }
            let holds = conditions.allSatisfy { condition in
                switch condition.key {
                case nameKey: Pattern.matchesList(condition.value, device)
                case "Kind", "Driver": Pattern.matchesList(condition.value, "vxlan")
                case "Type": Pattern.matchesList(condition.value, suffix == ".link" ? "ether" : "vxlan")
                // What cannot be known of the device here does not count as its match.
                default: false
                }
            }
            return holds ? (path, file) : nil
        }
    }

    private func dropIns(_ folder: String, suffix: String) -> [String] {
        var found: [String: String] = [:]
        for base in Self.folders.reversed() {
            for name in files.names("\(base)/\(folder)") where name.hasSuffix(suffix) {
                found[name] = "\(base)/\(folder)/\(name)"
            }
        }
        return found.sorted { $0.key < $1.key }.map(\.value)
    }
}
