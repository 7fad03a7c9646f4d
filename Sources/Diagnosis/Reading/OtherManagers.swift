/// What NetworkManager would do with a device, by its files.
struct NetworkManagerFiles {
    let files: HostFiles

    /// Why it manages the device; `nil` when it is not there or leaves it alone.
    func managesDevice(_ device: String) -> String? {
        guard files.exists("/usr/sbin/NetworkManager") || files.exists("/run/NetworkManager") else { return nil }
        var unmanaged: [String] = []
        for path in paths {
            guard let text = files.text(path) else { continue }
            let file = INIFile(text)
            for entry in file.entries {
                let list = entry.value.split { ",;".contains($0) }.map(String.init)
                if entry.section == "keyfile", entry.key == "unmanaged-devices" {
                    unmanaged = entry.isAddition ? unmanaged + list : list
                }
                let isDevice = entry.section.hasPrefix("device") && entry.key == "match-device"
                if isDevice, INIFile.isFalse(file.value(entry.section, "managed")) { unmanaged += list }
            }
        }
        let excepted = unmanaged.contains { $0.hasPrefix("except:") && Self.names($0.dropFirst(7), device) }
        if !excepted, unmanaged.contains(where: { Self.names($0[...], device) }) { return nil }
        return unmanaged.isEmpty ? "no unmanaged-devices" : "unmanaged-devices does not name it"
    }

    /// NetworkManager.conf(5): /etc hides /run, /run hides /usr/lib, by name; then in the order of the names.
    private var paths: [String] {
        var found: [String: String] = [:]
        for folder in ["/usr/lib/NetworkManager/conf.d", "/run/NetworkManager/conf.d", "/etc/NetworkManager/conf.d"] {
            for name in files.names(folder) where name.hasSuffix(".conf") { found[name] = "\(folder)/\(name)" }
        }
        return ["/etc/NetworkManager/NetworkManager.conf"] + found.sorted { $0.key < $1.key }.map(\.value)
    }

    private static func names(_ specification: Substring, _ device: String) -> Bool {
        let text = INIFile.trimmed(specification)
        if text == "*" || text == "type:vxlan" || text == "driver:vxlan" { return true }
        guard text.hasPrefix("interface-name:") else { return false }
        return Pattern.matches(text.dropFirst(15).drop { $0 == "=" || $0 == "~" }, device)
    }
}

/// What dhcpcd would do with a device (dhcpcd.conf(5)).
struct DhcpcdFiles {
    let files: HostFiles

    func configuresDevice(_ device: String) -> String? {
        let path = "/etc/dhcpcd.conf"
        guard let text = files.text(path) else { return nil }
        var allowed: [Substring] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: \.isWhitespace)
            // Behind `interface` and the like come the settings of that one.
            if ["interface", "ssid", "profile", "arping"].contains(words.first) { break }
            let names = words.dropFirst().flatMap { $0.split(separator: ",") }
            if words.first == "denyinterfaces", names.contains(where: { Pattern.matches($0, device) }) { return nil }
            if words.first == "allowinterfaces" { allowed += names }
        }
        if !allowed.isEmpty, !allowed.contains(where: { Pattern.matches($0, device) }) { return nil }
        return "\(path): no denyinterfaces that names it"
    }
}
