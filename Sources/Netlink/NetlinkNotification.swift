internal import CNetlink
internal import Glibc

/// What the kernel says has changed, whoever changed it.
package enum NetlinkNotification: Hashable, Sendable {
    case link(Link)
    case linkRemoved(Link)
    case address(InterfaceAddress)
    case addressRemoved(InterfaceAddress)
    case route(Route)
    case routeRemoved(Route)
    case neighbour(Neighbour)
    case neighbourRemoved(Neighbour)
    case forwarding(ForwardingEntry)
    case forwardingRemoved(ForwardingEntry)
    /// A setting of a device's IPv4, such as forwarding or rp_filter, has another value (RTM_NEWNETCONF).
    /// - Parameter interfaceIndex: -1: of all; -2: of those to come (linux/netconf.h).
    case setting(interfaceIndex: Int32)
    /// Notifications were lost (ENOBUFS, or a message that cannot be read): read everything again.
    case overrun

    /// Reads a message of a multicast group; `nil` for one of no interest here, such as IPv6's or a bridge port's.
    package init?(_ message: NetlinkMessage) {
        let read: Self? =
            switch Int(message.type) {
            case RTM_NEWLINK: message.isBridgePort ? nil : Link(message).map { .link($0) }
            case RTM_DELLINK: message.isBridgePort ? nil : Link(message).map { .linkRemoved($0) }
            case RTM_NEWADDR: InterfaceAddress(message).map { .address($0) }
            case RTM_DELADDR: InterfaceAddress(message).map { .addressRemoved($0) }
            case RTM_NEWROUTE: Route(message).map { .route($0) }
            case RTM_DELROUTE: Route(message).map { .routeRemoved($0) }
            case RTM_NEWNETCONF: message.settingsInterface.map { .setting(interfaceIndex: $0) }
            case RTM_NEWNEIGH:
                ForwardingEntry(message).map { .forwarding($0) } ?? Neighbour(message).map { .neighbour($0) }
            case RTM_DELNEIGH:
                ForwardingEntry(message).map { .forwardingRemoved($0) }
                    ?? Neighbour(message).map { .neighbourRemoved($0) }
            default: nil
            }
        guard let read else { return nil }
        self = read
    }

    /// All notifications of a datagram, `.overrun` at the end of one that is malformed.
    package static func all(in datagram: UnsafeRawBufferPointer) -> [NetlinkNotification] {
        var found: [NetlinkNotification] = []
        var messages = NetlinkMessages(datagram)
        while let message = messages.next() {
            if let notification = NetlinkNotification(message) { found.append(notification) }
        }
        if messages.isMalformed { found.append(.overrun) }
        return found
    }
}

extension NetlinkMessage {
    /// Whose settings a message of RTM_NEWNETCONF tells: netconfmsg is one byte, NETCONFA_IFINDEX the first attribute.
    fileprivate var settingsInterface: Int32? {
        guard payload.first.map({ Int32($0) == AF_INET }) == true else { return nil }
        for (type, value) in attributes(after: 1) where type == 1 { return value.integer(at: 0, as: Int32.self) }
        return nil
    }

    /// A bridge tells of its ports in messages of the same type, of which a port's removal is not the link's.
    fileprivate var isBridgePort: Bool { payload.first.map { Int32($0) == AF_BRIDGE } ?? false }
}
