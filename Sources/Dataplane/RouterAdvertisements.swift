/// Sets net.ipv6.conf.<device>.accept_ra to 0, as flannel does, so that no pod's advertisement configures the device.
/// Best effort: there may be no IPv6, and /proc/sys may be read-only. The file is that of this thread's namespace.
func refuseRouterAdvertisements(on device: String) {
    let setting = KernelSetting(name: "ipv6/conf/\(device)/accept_ra")
    guard let value = setting.value, value != 0 else { return }
    _ = setting.set(0)
}
