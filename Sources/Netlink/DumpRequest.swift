internal import CNetlink
internal import Glibc

/// What is to be read from the kernel. Everything named in it is filtered by the kernel itself.
enum DumpRequest {
    case links
    case addresses(interfaceIndex: Int32?)
    case routes(table: UInt32, routeProtocol: UInt8?)
    case neighbours(interfaceIndex: Int32)
    case forwarding(interfaceIndex: Int32)

    var name: String {
        switch self {
        case .links: "dump links"
        case .addresses: "dump addresses"
        case .routes: "dump routes"
        case .neighbours: "dump neighbours"
        case .forwarding: "dump forwarding entries"
        }
    }
}

extension RequestBuffer {
    /// RTEXT_FILTER_SKIP_STATS: counters make up most of a link's message.
    private static let skipStatistics: UInt32 = 1 << 3

    mutating func append(_ dump: DumpRequest, sequence: UInt32) {
        switch dump {
        case .links:
            append(type: RTM_GETLINK, flags: NLM_F_DUMP, sequence: sequence, header: ifinfomsg()) {
                $0.put(IFLA_EXT_MASK, Self.skipStatistics)
            }
        case .addresses(let index):
            var header = ifaddrmsg()
            header.ifa_family = UInt8(AF_INET)
            header.ifa_index = UInt32(bitPattern: index ?? 0)
            append(type: RTM_GETADDR, flags: NLM_F_DUMP, sequence: sequence, header: header)
        case .routes(let table, let routeProtocol):
            var header = rtmsg()
            header.rtm_family = UInt8(AF_INET)
            header.rtm_protocol = routeProtocol ?? 0
            append(type: RTM_GETROUTE, flags: NLM_F_DUMP, sequence: sequence, header: header) {
                $0.put(Int(RTA_TABLE.rawValue), table)
            }
        case .neighbours(let index):
            appendNeighbours(family: AF_INET, index: index, sequence: sequence)
        case .forwarding(let index):
            appendNeighbours(family: AF_BRIDGE, index: index, sequence: sequence)
        }
    }

    private mutating func appendNeighbours(family: Int32, index: Int32, sequence: UInt32) {
        var header = ndmsg()
        header.ndm_family = UInt8(family)
        append(type: RTM_GETNEIGH, flags: NLM_F_DUMP, sequence: sequence, header: header) {
            $0.put(NDA_IFINDEX, index)
        }
    }

    /// One link, by index or else by name.
    mutating func appendLink(index: Int32, name: String?, sequence: UInt32) {
        var header = ifinfomsg()
        header.ifi_index = index
        append(type: RTM_GETLINK, flags: 0, sequence: sequence, header: header) { message in
            if let name { message.put(IFLA_IFNAME, name: name) }
            message.put(IFLA_EXT_MASK, Self.skipStatistics)
        }
    }
}
