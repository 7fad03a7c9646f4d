package import Addressing
package import Netlink

/// Finds out whether a container's endpoint hangs on a subnet, by what the kernel has: an interface other than the overlay's
/// that has an address of the subnet (the bridge that a CNI plugin makes has the gateway's, as subnet.env tells it), and on
/// it either a port (a link whose master it is: the host's end of a container's veth) or a neighbour with a known hardware
/// address in the subnet (somebody who has answered there, whatever it is attached by). A CNI addition makes the first; a
/// virtual machine or a point-to-point plugin at least the second.
package enum EndpointSearch {
    /// What has attached, in words; `nil`: nothing.
    package static func find(in subnet: IPv4Block, besides overlay: String) throws(NetlinkError) -> String? {
        var socket = try NetlinkSocket()
        let bases = Set(try socket.addresses().filter { subnet.contains($0.address) }.map(\.interfaceIndex))
        guard !bases.isEmpty else { return nil }
        let links = try socket.links()
        for base in links where bases.contains(base.index) && base.name != overlay {
            if let port = links.first(where: { $0.master == base.index }) { return "\(port.name) on \(base.name)" }
            let neighbours = try socket.neighbours(of: base.index)
            if let found = neighbours.first(where: { $0.mac != nil && subnet.contains($0.address) }) {
                return "\(found.address) on \(base.name)"
            }
        }
        return nil
    }
}
