internal import Addressing
internal import CNetlink
internal import Glibc

extension NetlinkSocket {
    /// A dump that the kernel calls inconsistent (NLM_F_DUMP_INTR) is read again at most this often.
    private static var mostAttempts: Int { 20 }

    package mutating func links() throws(NetlinkError) -> [Link] {
        try dump(.links, of: RTM_NEWLINK) { Link($0) }
    }

    /// The IPv4 addresses of one device, or of all.
    package mutating func addresses(of interfaceIndex: Int32? = nil) throws(NetlinkError) -> [InterfaceAddress] {
        try dump(.addresses(interfaceIndex: interfaceIndex), of: RTM_NEWADDR) { message in
            InterfaceAddress(message).flatMap { interfaceIndex ?? $0.interfaceIndex == $0.interfaceIndex ? $0 : nil }
        }
    }

    /// The IPv4 routes of one table, of one protocol or of all, that `isWanted` says yes to.
    package mutating func routes(
        table: UInt32 = Route.mainTable, routeProtocol: UInt8? = nil, where isWanted: (Route) -> Bool = { _ in true }
    ) throws(NetlinkError) -> [Route] {
        do {
            return try dump(.routes(table: table, routeProtocol: routeProtocol), of: RTM_NEWROUTE) { message in
                guard let route = Route(message), route.table == table,
                    routeProtocol ?? route.routeProtocol == route.routeProtocol, isWanted(route)
                else { return nil }
                return route
            }
        } catch  where error.code == ENOENT {
            // A table that never had a route does not exist yet.
            return []
        }
    }

    /// The IPv4 neighbours of one device that `isWanted` says yes to.
    package mutating func neighbours(
        of interfaceIndex: Int32, where isWanted: (Neighbour) -> Bool = { _ in true }
    ) throws(NetlinkError) -> [Neighbour] {
        try dump(.neighbours(interfaceIndex: interfaceIndex), of: RTM_NEWNEIGH) { message in
            Neighbour(message).flatMap { $0.interfaceIndex == interfaceIndex && isWanted($0) ? $0 : nil }
        }
    }

    /// One device's own forwarding entries that `isWanted` says yes to.
    package mutating func forwardingEntries(
        of interfaceIndex: Int32, where isWanted: (ForwardingEntry) -> Bool = { _ in true }
    ) throws(NetlinkError) -> [ForwardingEntry] {
        try dump(.forwarding(interfaceIndex: interfaceIndex), of: RTM_NEWNEIGH) { message in
            ForwardingEntry(message).flatMap { $0.interfaceIndex == interfaceIndex && isWanted($0) ? $0 : nil }
        }
    }

    private mutating func dump<Element>(
        _ request: DumpRequest, of type: Int, _ read: (NetlinkMessage) -> Element?
    ) throws(NetlinkError) -> [Element] {
        var elements: [Element] = []
        for _ in 0..<Self.mostAttempts {
            elements.removeAll(keepingCapacity: true)
            let sequence = takeSequences()
            requests.removeAll()
            requests.append(request, sequence: sequence)
            try send(request.name)
            var isConsistent = true
            var isDone = false
            while !isDone {
                var messages = NetlinkMessages(try receive(request.name))
                while !isDone, let message = messages.next() {
                    guard message.sequence == sequence else { continue }
                    if message.flags & UInt16(NLM_F_DUMP_INTR) != 0 { isConsistent = false }
                    switch Int32(message.type) {
                    case NLMSG_DONE:
                        let code = message.payload.integer(at: 0, as: Int32.self) ?? 0
                        guard code >= 0 else {
                            throw NetlinkError(operation: request.name, code: code == .min ? EBADMSG : -code)
                        }
                        isDone = true
                    case NLMSG_ERROR:
                        let (code, text) = message.errorReport()
                        throw NetlinkError(operation: request.name, code: code, kernelText: text)
                    default:
                        if Int(message.type) == type, let element = read(message) { elements.append(element) }
                    }
                }
                if messages.isMalformed { throw NetlinkError(operation: request.name, code: EBADMSG) }
            }
            if isConsistent { return elements }
        }
        throw NetlinkError(
            operation: request.name, code: EAGAIN,
            kernelText: "it changed while it was read, \(Self.mostAttempts) times")
    }
}
