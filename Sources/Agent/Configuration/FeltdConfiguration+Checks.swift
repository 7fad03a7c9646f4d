internal import Addressing
package import LeaseLedger

/// What only shows when several settings are seen together.
extension FeltdConfiguration {
    func checkTogether(_ chosen: [Setting: NamedValue]) throws(ConfigurationError) {
        let settings: NetworkSettings
        do {
            settings = try request.resolved()
        } catch {
            throw ConfigurationError(input(of: error, chosen), error.description)
        }
        // A joiner that names no network means the cluster's, which is not known here.
        if request.network != nil || joins.isEmpty {
            try checkPinnedSubnet(in: settings, named: chosen[.subnet]?.input)
        }
        if isObserver, pinnedSubnet != nil {
            throw ConfigurationError(
                chosen[.observer]?.input ?? Setting.observer.flag,
                "contradicts \(chosen[.subnet]?.input ?? Setting.subnet.flag): an observer holds no subnet; leave one out"
            )
        }
        if settings.backend == .vxlan, settings.vxlanPort == bindPort {
            let named = [Setting.vxlanPort, .bind].compactMap { chosen[$0]?.input }.first
            throw ConfigurationError(
                named ?? Setting.vxlanPort.flag,
                "gossip and VXLAN would both take UDP port \(bindPort); give --bind or --vxlan-port another")
        }
        if discovers, let bindAddress, bindAddress != .v4(IPv4Address(bits: 0)) {
            throw ConfigurationError(
                chosen[.discover]?.input ?? Setting.discover.flag,
                "hears nothing on \(bindAddress) alone: multicast comes to 0.0.0.0; leave the address of --bind out")
        }
        try checkKeys(chosen)
    }

    /// Throws if the operator's pin is none of the cluster's subnets. For a joiner to ask once it knows those.
    package func checkPinnedSubnet(
        in settings: NetworkSettings, named input: String? = nil
    ) throws(ConfigurationError) {
        let pool = settings.pool
        guard let pinnedSubnet, pool.slot(of: pinnedSubnet) == nil else { return }
        throw ConfigurationError(
            input ?? Setting.subnet.flag,
            "\(pinnedSubnet) is not a subnet of network \(pool.network); "
                + "give a /\(pool.subnetLength) from \(pool.subnetMin) to \(pool.subnetMax)")
    }

    private func checkKeys(_ chosen: [Setting: NamedValue]) throws(ConfigurationError) {
        func input(_ setting: Setting) -> String { chosen[setting]?.input ?? setting.flag }
        let tokens = joins.count { if case .token = $0 { true } else { false } }
        if tokens > 1 { throw ConfigurationError(input(.join), "names more than one token; a cluster has one") }
        guard insecure else { return }
        if keyFile != nil {
            throw ConfigurationError(input(.insecure), "contradicts \(input(.keyFile)): leave one of them out")
        }
        if tokens > 0 {
            throw ConfigurationError(
                input(.insecure), "contradicts the token in \(input(.join)): leave one of them out")
        }
    }

    /// The setting that is most likely the wrong one.
    private func input(of error: SubnetPoolError, _ chosen: [Setting: NamedValue]) -> String {
        let candidates: [Setting] =
            switch error {
            case .subnetLengthOutOfRange: [.subnetLen, .network]
            case .networkTooSmall: [.network]
            case .outsideNetwork("minimum", _, _), .unaligned("minimum", _, _): [.subnetMin, .subnetLen, .network]
            case .outsideNetwork, .unaligned: [.subnetMax, .subnetLen, .network]
            case .minimumAboveMaximum: [.subnetMin, .subnetMax, .network]
            }
        return candidates.lazy.compactMap { chosen[$0]?.input }.first ?? candidates[0].flag
    }
}
