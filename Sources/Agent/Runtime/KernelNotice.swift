internal import Addressing
internal import Netlink

/// What a burst of notifications means for the daemon: events only say when to look.
struct KernelNotice: Sendable {
    /// Links or addresses have changed, or the routes by which the underlay is chosen.
    private(set) var mayMoveUnderlay = false
    private var devices: Set<Int32> = []
    private var destinations: Set<String> = []
    private var isOverrun = false

    init(_ notifications: [NetlinkNotification]) {
        for notification in notifications {
            switch notification {
            case .overrun: (isOverrun, mayMoveUnderlay) = (true, true)
            case .link(let index, _):
                mayMoveUnderlay = true
                devices.insert(index)
            case .address(let device):
                mayMoveUnderlay = true
                devices.insert(device)
            case .neighbour(let device): devices.insert(device)
            case .route(let destination, let device, let routeProtocol):
                if destination == "0.0.0.0/0" { mayMoveUnderlay = true }
                if routeProtocol == 70 { destinations.insert(destination) }
                devices.insert(device)
                destinations.insert(destination)
            }
        }
    }

    /// Whether it can have touched what is ours: our device, the underlay, a route inside our network.
    func concernsUs(device: Int32?, network: IPv4Block?) -> Bool {
        if isOverrun || mayMoveUnderlay { return true }
        if let device, devices.contains(device) { return true }
        guard let network else { return false }
        return destinations.contains { destination in
            (try? IPv4Block(parsing: destination)).map { network.overlaps($0) } ?? false
        }
    }
}
