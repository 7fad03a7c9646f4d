package import Addressing

/// The link and the address over which a node's peers reach it.
package struct Underlay: Hashable, Sendable {
    package var interfaceIndex: Int32
    package var name: String
    package var address: IPv4Address
    /// Bytes.
    package var mtu: UInt32

    package init(interfaceIndex: Int32, name: String, address: IPv4Address, mtu: UInt32) {
        self.interfaceIndex = interfaceIndex
        self.name = name
        self.address = address
        self.mtu = mtu
    }
}
