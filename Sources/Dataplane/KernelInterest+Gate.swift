internal import Addressing
package import Netlink

extension KernelInterest {
    /// What the kernel need not even tell, in the kernel's own terms: at least all that `concerns` says no to because of
    /// other devices and other networks.
    /// - Parameter requester: the port of the socket by which the entries are changed.
    package func gateRule(requester: UInt32) -> NotificationGate.Rule {
        // Routes to peers matter wherever they lead, when it matters how peers are reached.
        NotificationGate.Rule(
            requester: requester, deviceIndex: deviceIndex,
            routes: watched.isEmpty ? (network, DesiredState.routeProtocol) : nil)
    }
}
