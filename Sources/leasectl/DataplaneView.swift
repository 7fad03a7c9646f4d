internal import Addressing
internal import ControlAPI
internal import Inspection

/// What the kernel should hold, as feltd says or, while it is down, its database; and the kernel to compare it with.
struct DataplaneView {
    let kernel: KernelReader
    let leases: [LeaseInfo]
    let wanted: DataplaneInfo
    let isRunning: Bool

    /// - Parameter address: only what is for the subnet of this one.
    init(_ options: GlobalOptions, of address: IPv4Address? = nil) throws {
        let (leases, stored) = try leasesAndSource(options)
        self.leases = leases
        isRunning = stored == nil
        if let stored {
            wanted = try StoredDataplane.wanted(state: stored.state, leases: leases)
        } else {
            // One subnet of thousands; an address that nobody holds still needs to know the network.
            let subnet = address.map { Tracer.owner(of: $0, in: leases)?.subnet ?? "\($0)/32" }
            wanted = try options.connect().call(ControlMethods.dataplane, DataplaneQuery(subnet: subnet))
        }
        kernel = try KernelReader()
    }
}
