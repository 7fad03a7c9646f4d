internal import Addressing
internal import Netlink

extension Route {
    /// The place of a route in a table, as a number: its destination, metric and type of service. Of several in one place
    /// the kernel uses the first.
    var place: UInt128 {
        let destination = UInt64(self.destination.base.bits) << 8 | UInt64(self.destination.prefixLength)
        return UInt128(destination) << 40 | UInt128(metric) << 8 | UInt128(typeOfService)
    }
}
