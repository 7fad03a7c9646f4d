package import Addressing

/// The subnets a cluster hands out: a network cut into equal blocks, and the first and last block that may be leased.
/// Validation and defaults are flannel's (net-conf.json), and minimum ≤ maximum, which flannel does not check.
package struct SubnetPool: Hashable, Sendable {
    package let network: IPv4Block
    package let subnetLength: Int
    package let subnetMin: IPv4Address
    package let subnetMax: IPv4Address

    /// - Parameters:
    ///   - subnetLength: unset: 24 if the network's prefix is at most 22, otherwise prefix + 2.
    ///   - subnetMin: unset: the second subnet of the network.
    ///   - subnetMax: unset: the last subnet of the network.
    package init(
        network: IPv4Block, subnetLength: Int? = nil, subnetMin: IPv4Address? = nil, subnetMax: IPv4Address? = nil
    ) throws(SubnetPoolError) {
        let length: Int
        if let subnetLength {
            guard subnetLength >= network.prefixLength + 2, subnetLength <= 30 else {
                throw .subnetLengthOutOfRange(subnetLength, network: network)
            }
            length = subnetLength
        } else {
            guard network.prefixLength <= 28 else { throw .networkTooSmall(network) }
            length = network.prefixLength <= 22 ? 24 : network.prefixLength + 2
        }
        let size = UInt32(1) << UInt32(32 - length)
        let first = subnetMin ?? network.base.advanced(by: size)
        let last = subnetMax ?? IPv4Address(bits: network.last.bits & ~(size - 1))
        for (bound, address) in [("minimum", first), ("maximum", last)] {
            guard network.contains(address) else { throw .outsideNetwork(bound: bound, address, network: network) }
            guard address.bits & (size - 1) == 0 else { throw .unaligned(bound: bound, address, length: length) }
        }
        guard first <= last else { throw .minimumAboveMaximum(first, last) }
        self.network = network
        self.subnetLength = length
        self.subnetMin = first
        self.subnetMax = last
    }

    /// How many subnets may be leased.
    package var count: Int { Int((subnetMax.bits - subnetMin.bits) >> slotShift) + 1 }

    /// The subnet at `slot`, 0 ..< `count`.
    package func subnet(at slot: Int) -> IPv4Block? {
        guard (0..<count).contains(slot) else { return nil }
        return IPv4Block(base: subnetMin.advanced(by: UInt32(slot) << slotShift), prefixLength: subnetLength)
    }

    /// The slot of a subnet that may be leased; `nil` for one off the grid or out of bounds.
    package func slot(of subnet: IPv4Block) -> Int? {
        guard subnet.prefixLength == subnetLength, (subnetMin...subnetMax).contains(subnet.base) else { return nil }
        return Int((subnet.base.bits - subnetMin.bits) >> slotShift)
    }

    private var slotShift: UInt32 { UInt32(32 - subnetLength) }
}

package enum SubnetPoolError: Error, Equatable, Sendable {
    case subnetLengthOutOfRange(Int, network: IPv4Block)
    case networkTooSmall(IPv4Block)
    case outsideNetwork(bound: String, IPv4Address, network: IPv4Block)
    case unaligned(bound: String, IPv4Address, length: Int)
    case minimumAboveMaximum(IPv4Address, IPv4Address)
}

extension SubnetPoolError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .subnetLengthOutOfRange(let length, let network):
            """
            subnet length \(length) is out of range for network \(network): \
            it must be between \(network.prefixLength + 2) and 30
            """
        case .networkTooSmall(let network):
            "network \(network) is too small: its prefix length must be at most 28"
        case .outsideNetwork(let bound, let address, let network):
            "subnet \(bound) \(address) is not in network \(network)"
        case .unaligned(let bound, let address, let length):
            "subnet \(bound) \(address) is not the first address of a /\(length); write one that is"
        case .minimumAboveMaximum(let least, let most):
            "subnet minimum \(least) is above subnet maximum \(most)"
        }
    }
}
