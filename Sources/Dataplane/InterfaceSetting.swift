internal import Glibc

/// Settings of an interface under /proc/sys/net, which is the calling thread's network namespace's.
enum InterfaceSetting {
    /// A router advertisement on the overlay must not give the machine addresses or routes. Best effort: without IPv6 there
    /// is nothing to set.
    static func ignoreRouterAdvertisements(on device: String) {
        write("0", to: "/proc/thread-self/root/proc/sys/net/ipv6/conf/\(device)/accept_ra")
    }

    private static func write(_ value: String, to path: String) {
        let file = open(path, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        defer { close(file) }
        _ = Glibc.write(file, value, value.utf8.count)
    }
}
