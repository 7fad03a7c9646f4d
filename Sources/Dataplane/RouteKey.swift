internal import Addressing
internal import Netlink

/// The place of a route in a table: of several in one place the kernel uses the first.
struct RouteKey: Hashable {
    var destination: IPv4Block
    var metric: UInt32
    var typeOfService: UInt8

    init(_ route: Route) {
        destination = route.destination
        metric = route.metric
        typeOfService = route.typeOfService
    }
}
