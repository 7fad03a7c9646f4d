package import Addressing
internal import CNetlink
internal import Glibc

extension NetlinkSocket {
    /// The link of this index; `nil` when there is none.
    package mutating func link(index: Int32) throws(NetlinkError) -> Link? {
        guard index > 0 else { return nil }
        return try link(index: index, name: nil)
    }

    /// The link of this name; `nil` when there is none.
    package mutating func link(named name: String) throws(NetlinkError) -> Link? {
        guard !name.isEmpty, name.utf8.count <= 15 else { return nil }
        return try link(index: 0, name: name)
    }

    private mutating func link(index: Int32, name: String?) throws(NetlinkError) -> Link? {
        let sequence = takeSequences()
        requests.removeAll()
        requests.appendLink(index: index, name: name, sequence: sequence)
        try send("read a link")
        var found: Link?
        try awaitReplies(count: 1, first: sequence, operation: "read a link") { _, answer throws(NetlinkError) in
            switch answer {
            case .message(let message): found = Link(message)
            case .refused(ENODEV, _): found = nil
            case .refused(let code, let text):
                throw NetlinkError(operation: "read a link", code: code, kernelText: text)
            }
        }
        return found
    }

    /// The route to each of the addresses, in their order; `nil` for one that cannot be reached.
    package mutating func lookup(_ addresses: [IPv4Address]) throws(NetlinkError) -> [RouteLookup?] {
        // An answer to this request is charged a whole page and more, whatever its length.
        let most = max(mostRequestsPerSend / 8, 1)
        var results: [RouteLookup?] = []
        results.reserveCapacity(addresses.count)
        while results.count < addresses.count {
            let start = results.count
            let count = min(most, addresses.count - start)
            let first = takeSequences(count)
            requests.removeAll()
            var sent = 0
            while sent < count, requests.hasRoom {
                appendLookup(addresses[start + sent], sequence: first &+ UInt32(sent))
                sent += 1
            }
            try send("look up routes")
            results.append(contentsOf: repeatElement(nil, count: sent))
            try awaitReplies(count: sent, first: first, operation: "look up routes") { position, answer in
                if case .message(let message) = answer { results[start + position] = RouteLookup(message) }
            }
        }
        return results
    }

    /// The route to one address; `nil` when it cannot be reached.
    package mutating func lookup(_ address: IPv4Address) throws(NetlinkError) -> RouteLookup? {
        try lookup([address]).first ?? nil
    }

    /// How the kernel would send a packet to an address out of one device; `nil` when none of its routes leads there that
    /// way: then it takes the address for one that is on-link.
    package mutating func lookup(_ address: IPv4Address, over device: Int32) throws(NetlinkError) -> RouteLookup? {
        guard try ask(address, device: device, flags: UInt32(RTM_F_FIB_MATCH)) != nil else { return nil }
        return try ask(address, device: device).flatMap { RouteLookup($0) }
    }

    /// The route of the kernel's tables that a packet to an address takes; `nil` when there is none, or when it is one that
    /// refuses (blackhole, unreachable, prohibit).
    package mutating func route(to address: IPv4Address) throws(NetlinkError) -> Route? {
        try ask(address, flags: UInt32(RTM_F_FIB_MATCH)).flatMap { Route($0) }
    }

    /// The answer is good until the next request.
    private mutating func ask(
        _ address: IPv4Address, device: Int32 = 0, flags: UInt32 = 0
    ) throws(NetlinkError) -> NetlinkMessage? {
        let first = takeSequences()
        requests.removeAll()
        appendLookup(address, device: device, flags: flags, sequence: first)
        try send("look up a route")
        var found: NetlinkMessage?
        try awaitReplies(count: 1, first: first, operation: "look up a route") { _, answer in
            if case .message(let message) = answer { found = message }
        }
        return found
    }

    private mutating func appendLookup(
        _ address: IPv4Address, device: Int32 = 0, flags: UInt32 = 0, sequence: UInt32
    ) {
        var header = rtmsg()
        header.rtm_family = UInt8(AF_INET)
        header.rtm_dst_len = 32
        header.rtm_flags = UInt32(RTM_F_LOOKUP_TABLE) | flags
        requests.append(type: RTM_GETROUTE, flags: 0, sequence: sequence, header: header) { message in
            message.put(Int(RTA_DST.rawValue), address)
            if device != 0 { message.put(Int(RTA_OIF.rawValue), device) }
        }
    }

    private enum Answer {
        case message(NetlinkMessage)
        case refused(Int32, String?)
    }

    /// Reads one answer to each of `count` requests.
    private func awaitReplies(
        count: Int, first: UInt32, operation: String, _ body: (Int, Answer) throws(NetlinkError) -> Void
    ) throws(NetlinkError) {
        var answered = 0
        while answered < count {
            var messages = NetlinkMessages(try receive(operation))
            while let message = messages.next() {
                let position = Int(message.sequence &- first)
                guard position < count else { continue }
                answered += 1
                if Int32(message.type) == NLMSG_ERROR {
                    let (code, text) = message.errorReport()
                    try body(position, .refused(code, text))
                } else {
                    try body(position, .message(message))
                }
            }
            if messages.isMalformed { throw NetlinkError(operation: operation, code: EBADMSG) }
        }
    }
}
