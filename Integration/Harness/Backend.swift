/// How packets reach the other nodes.
enum Backend: String, CaseIterable, Sendable, CustomStringConvertible {
    case vxlan
    case hostGateway = "host-gw"

    var description: String { rawValue }
}
