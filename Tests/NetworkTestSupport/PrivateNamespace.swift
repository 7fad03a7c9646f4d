internal import CLinux
internal import Glibc

/// Runs `body` on this thread inside a network namespace of its own, which ends with it.
package func inPrivateNamespace<Result>(_ body: () throws -> Result) throws -> Result {
    let home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
    guard home >= 0 else { throw ShellFailure("the thread's network namespace cannot be opened") }
    defer { close(home) }
    guard clinux_unshare_network_namespace() == 0 else {
        throw ShellFailure("a network namespace cannot be made: run the tests as root")
    }
    defer {
        // A thread of the pool that stayed behind would run other tests in the wrong namespace.
        guard clinux_enter_network_namespace(home) == 0 else { fatalError("cannot return from a private namespace") }
    }
    return try body()
}

/// An underlay: eth0 192.168.50.1/24, its other end peer0 in the same namespace. The kernel settles the operational state
/// of links after the command that raised them has ended; it is waited for, so that states can be compared.
package func makeUnderlay(mtu: Int = 1500) throws {
    try shell(
        """
        set -e
        ip link set lo up
        ip link add eth0 mtu \(mtu) type veth peer name peer0 mtu \(mtu)
        ip addr add 192.168.50.1/24 dev eth0
        ip link set eth0 up
        ip link set peer0 up
        for link in eth0 peer0; do until ip link show $link | grep -q 'state UP'; do sleep 0.01; done; done
        """)
}
