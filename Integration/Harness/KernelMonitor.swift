internal import Glibc

/// Listens to the kernel's notifications on a node: what anybody changes while a test runs.
final class KernelMonitor {
    private let process: BackgroundProcess
    private let node: Node
    /// Routes by which the monitor knows that it has heard everything.
    static let marker = "198.51.100."
    private var marks = 0

    init(on node: Node) async throws {
        self.node = node
        process = try BackgroundProcess(
            ["ip", "-n", node.namespace.name, "monitor", "link", "address", "route", "neigh", "nexthop"],
            log: "\(node.folder)/monitor")
        // The first mark may be set before ip listens: set it until it is heard.
        try await waitUntil("ip monitor listens") { try mark() }
    }

    /// Sets a route and looks for it: what was changed before it has been heard then.
    private func mark() throws -> String? {
        marks += 1
        let route = "\(Self.marker)\(marks % 250)/32"
        try node.namespace.ip("route replace blackhole \(route)")
        usleep(20_000)
        return process.log.contains(route.dropLast(3)) ? nil : "the notification of \(route)"
    }

    /// The notifications so far that concern the overlay: the device, its entries, and routes of felt's protocol.
    func changes(device: String = "flannel.1") async throws -> [String] {
        try await waitUntil("ip monitor has caught up") { try mark() }
        return trimmedLines(process.log).filter {
            // The kernel itself gives the device a link-local address, a second or two after it is up.
            ($0.contains(device) || $0.contains("proto 70")) && !$0.contains("fe80::") && !$0.contains("ff00::")
        }
    }
}
