internal import Addressing

/// Which lease `get` means: exactly one of the three.
package struct LeaseSelection: Codable, Hashable, Sendable {
    /// ADDRESS/LENGTH.
    package var subnet: String?
    /// A node's name, its nodeID, or the first eight or more digits of that.
    package var node: String?
    /// An address inside the subnet, or the node's public address.
    package var address: String?

    package init(subnet: String? = nil, node: String? = nil, address: String? = nil) {
        self.subnet = subnet
        self.node = node
        self.address = address
    }

    /// Tells a subnet, an address and a node apart, as a person writes them. "10.244.1.0-24" is how flannel writes a key.
    package init(parsing text: String) throws(ControlError) {
        let flannel = text.split(separator: "-", omittingEmptySubsequences: false)
        if text.contains("/") {
            do {
                self.init(subnet: try IPv4Block(parsing: text).description)
            } catch {
                throw ControlError(.badRequest, error.description)
            }
        } else if flannel.count == 2, let block = try? IPv4Block(parsing: "\(flannel[0])/\(flannel[1])") {
            self.init(subnet: block.description)
        } else if let address = try? AnyIPAddress(parsing: text) {
            self.init(address: address.description)
        } else if text.isEmpty {
            throw ControlError(.badRequest, "an empty text names no lease; give a node, a subnet or an address")
        } else {
            self.init(node: text)
        }
    }

    /// The one lease of `leases` that is meant. The order decides between claims on one subnet: the winner comes first.
    package func pick(from leases: [LeaseInfo]) throws(ControlError) -> LeaseInfo {
        switch (subnet, node, address) {
        case (let subnet?, nil, nil): return try pick(subnet: subnet, from: leases)
        case (nil, let node?, nil): return try pick(node: node, from: leases)
        case (nil, nil, let address?): return try pick(address: address, from: leases)
        default: throw ControlError(.badRequest, "give exactly one of subnet, node and address")
        }
    }

    private func pick(subnet: String, from leases: [LeaseInfo]) throws(ControlError) -> LeaseInfo {
        guard let lease = leases.first(where: { $0.subnet == subnet }) else {
            throw ControlError(.notFound, "nobody holds \(quoted(subnet)); see `leasectl list`")
        }
        return lease
    }

    private func pick(node: String, from leases: [LeaseInfo]) throws(ControlError) -> LeaseInfo {
        var found = leases.filter { $0.node == node || $0.nodeID == node.lowercased() }
        if found.isEmpty, node.utf8.count >= 8 { found = leases.filter { $0.nodeID.hasPrefix(node.lowercased()) } }
        guard let lease = found.first else {
            throw ControlError(.notFound, "no node \(quoted(node)) holds a lease; see `leasectl list`")
        }
        guard found.count == 1 else {
            let identities = found.map(\.nodeID).joined(separator: ", ")
            throw ControlError(
                .conflict, "\(found.count) nodes are called \(quoted(node)); name one by nodeID: \(identities)")
        }
        return lease
    }

    private func pick(address: String, from leases: [LeaseInfo]) throws(ControlError) -> LeaseInfo {
        if let wanted = try? IPv4Address(parsing: address) {
            let holder = leases.first { lease in
                (try? IPv4Block(parsing: lease.subnet))?.contains(wanted) == true
            }
            if let holder { return holder }
        }
        guard let lease = leases.first(where: { $0.publicIP == address }) else {
            throw ControlError(.notFound, "no lease contains \(quoted(address)); see `leasectl list`")
        }
        return lease
    }
}
