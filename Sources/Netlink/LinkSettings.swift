package import Addressing

/// What may be changed in a living device; `nil` leaves a thing as it is.
package struct LinkSettings: Hashable, Sendable {
    package var mac: MACAddress?
    package var mtu: UInt32?
    package var isUp: Bool?
    package var addressGeneration: Link.AddressGeneration?
    package var alias: String?

    package init(
        mac: MACAddress? = nil, mtu: UInt32? = nil, isUp: Bool? = nil,
        addressGeneration: Link.AddressGeneration? = nil, alias: String? = nil
    ) {
        self.mac = mac
        self.mtu = mtu
        self.isUp = isUp
        self.addressGeneration = addressGeneration
        self.alias = alias
    }

    package var isEmpty: Bool { self == LinkSettings() }
}
