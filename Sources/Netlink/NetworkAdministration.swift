internal import CLinux

/// Whether this thread may change the network at all.
package enum NetworkAdministration {
    /// CAP_NET_ADMIN (capabilities(7)) is in the effective set.
    package static var isPermitted: Bool { clinux_has_effective_capability(clinux_cap_net_admin) }
}
