package import Addressing
package import ControlAPI
package import Inspection

/// All that the checks look at. What could not be learnt is `nil` or empty, and said in `unknown`.
package struct Facts: Sendable {
    package struct Device: Hashable, Sendable {
        package var name: String
        package var mtu: UInt32

        package init(name: String, mtu: UInt32) { (self.name, self.mtu) = (name, mtu) }
    }

    /// A route or an address of the machine that is not of Felt's making.
    package struct Foreign: Hashable, Sendable {
        package var block: IPv4Block
        package var device: String
        /// As ip shows it.
        package var text: String

        package init(block: IPv4Block, device: String, text: String) {
            (self.block, self.device, self.text) = (block, device, text)
        }
    }

    /// A question that was not answered, and why.
    package struct Unknown: Codable, Hashable, Sendable {
        package var what: String
        package var reason: String

        package init(what: String, reason: String) { (self.what, self.reason) = (what, reason) }
    }

    /// Who made an identity on which machine.
    package struct Machine: Hashable, Sendable {
        package var node: String
        package var nodeID: String
        package var fingerprint: UInt64

        package init(node: String, nodeID: String, fingerprint: UInt64) {
            (self.node, self.nodeID, self.fingerprint) = (node, nodeID, fingerprint)
        }
    }

    /// Seconds since 1970 by the wall clock.
    package var wallClock: Int64 = 1 << 31
    package var isRunning = true
    /// Why the daemon was not asked.
    package var daemonProblem: String?
    package var status: StatusInfo?
    /// How far the daemon's counters have risen while the facts were gathered.
    package var counted: [String: UInt64] = [:]
    package var network: IPv4Block?
    package var ownSubnet: IPv4Block?
    package var backend: String?
    /// The VXLAN device as it should be.
    package var device: Device?
    /// The same as it is.
    package var deviceFound: Device?
    package var underlay: Device?
    package var leases: [LeaseInfo] = []
    package var members: [MemberInfo] = []
    package var machines: [Machine] = []
    /// How many feltd run on this machine: more than one in a laboratory of namespaces.
    package var daemonsHere = 1
    package var routes: [Foreign] = []
    package var addresses: [Foreign] = []
    package var pools: [AddressPool] = []
    package var paths: [PathReport] = []
    /// Only what differs.
    package var differences: [RouteRow] = []
    /// net.ipv4.ip_forward.
    package var forwards: Bool?
    /// The rp_filter in force, by device.
    package var reversePath: [String: Int] = [:]
    package var drops: [ForwardDrop] = []
    package var managers = ManagerFacts()
    package var store = StoreFacts()
    package var checksums: ChecksumCounters?
    package var unknown: [Unknown] = []

    package init() {}

    /// The name of the device, also while none stands.
    var deviceName: String { device?.name ?? deviceFound?.name ?? "flannel.1" }
}
