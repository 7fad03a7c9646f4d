internal import Glibc

/// Sets net.ipv6.conf.<device>.accept_ra to 0, as flannel does, so that no pod's advertisement configures the device.
/// Best effort: there may be no IPv6, and /proc/sys may be read-only. The file is that of this thread's namespace.
func refuseRouterAdvertisements(on device: String) {
    let descriptor = open("/proc/sys/net/ipv6/conf/\(device)/accept_ra", O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var value: UInt8 = 0
    let zero = UInt8(ascii: "0")
    guard pread(descriptor, &value, 1, 0) == 1, value != zero else { return }
    _ = withUnsafeBytes(of: zero) { pwrite(descriptor, $0.baseAddress, 1, 0) }
}
