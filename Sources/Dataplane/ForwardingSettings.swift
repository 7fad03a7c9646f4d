internal import Glibc
internal import LeaseLedger
internal import Netlink

/// What this machine's IPv4 settings do to the pods' packets: whether they are forwarded, and whether reverse path filtering
/// would drop them. The first is changed only if the operator has asked for it, the second never.
struct ForwardingSettings {
    let configuration: DataplaneConfiguration
    let underlay: Underlay
    /// The device that has an address of the own subnet, such as a container bridge.
    let bridge: String?

    private var devices: [String] {
        (configuration.backend == .vxlan ? [configuration.deviceName] : []) + [underlay.name]
            + (bridge.map { [$0] } ?? [])
    }

    /// Turns forwarding on where the configuration says so.
    /// - Returns: what should be known.
    func apply() -> [DataplaneNote] {
        forwarding(KernelSetting(name: "ipv4/ip_forward"), isAll: true).map { [$0] + reversePath() }
            ?? devices.compactMap { forwarding(KernelSetting(name: "ipv4/conf/\($0)/forwarding"), isAll: false) }
            + reversePath()
    }

    private func forwarding(_ setting: KernelSetting, isAll: Bool) -> DataplaneNote? {
        guard setting.value == 0 else { return nil }
        let shown = "net.\(setting.name.replacing("/", with: "."))"
        if configuration.forwards {
            let code = setting.set(1)
            guard code != 0 else { return nil }
            return DataplaneNote(
                subject: shown, message: "is 0 and cannot be set: \(String(cString: strerror(code))); set it to 1")
        }
        let effect = isAll ? "no pod reaches another machine" : "this device forwards nothing"
        return DataplaneNote(subject: shown, message: "is 0: \(effect); set it to 1, or start feltd with --ip-forward")
    }

    /// The kernel takes the larger of the value for all and the device's own; 1 is strict, 2 loose (ip-sysctl).
    private func reversePath() -> [DataplaneNote] {
        let all = KernelSetting(name: "ipv4/conf/all/rp_filter").value ?? 0
        return devices.compactMap { device in
            let own = KernelSetting(name: "ipv4/conf/\(device)/rp_filter").value ?? 0
            guard max(all, own) == 1 else { return nil }
            let subject = "net.ipv4.conf.\(own == 1 ? device : "all").rp_filter"
            return DataplaneNote(
                subject: subject,
                message: "is strict (1) for \(device): packets whose way back is another device are dropped unseen; "
                    + "set it to 2 (loose) or 0")
        }
    }
}
