internal import Addressing
package import Netlink

/// Why the kernel's state could not be brought about at all; refusals of single entries are in `ReconcileReport`.
package enum DataplaneError: Error, Hashable, Sendable, CustomStringConvertible {
    case notPermitted
    case mtuTooSmall(UInt32, override: UInt32?, underlay: Underlay)
    case deviceNameInvalid(String)
    case deviceIsUnderlay(String)
    case underlayGone(Underlay)
    case netlink(NetlinkError)

    package var description: String {
        switch self {
        case .notPermitted:
            "changing the network is not permitted: run as root or grant CAP_NET_ADMIN"
        case .mtuTooSmall(let mtu, let override, let underlay):
            """
            MTU \(mtu) is too small: it must be at least \(DataplaneConfiguration.leastMTU); \
            \(override.map { "--mtu is \($0), " } ?? "")\(quoted(underlay.name)) has \(underlay.mtu); \
            set a larger --mtu or take a link with a larger MTU
            """
        case .deviceNameInvalid(let name):
            "\(quoted(name)) cannot name a device: write 1 to 15 printable characters without space, / and :"
        case .deviceIsUnderlay(let name):
            "device \(quoted(name)) carries the tunnel and cannot be the tunnel: give --device another name"
        case .underlayGone(let underlay):
            "interface \(quoted(underlay.name)) (index \(underlay.interfaceIndex)) is gone: select one again"
        case .netlink(let error): error.description
        }
    }
}
