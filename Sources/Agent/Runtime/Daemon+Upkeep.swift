internal import Addressing
internal import ControlAPI
internal import Dataplane
internal import Gossip
internal import LeaseLedger

/// What is looked after now and then: the rules of --ip-masq (one nftables table of our own, put back when somebody has
/// flushed it), whatever no notification has told of, and the watchdog.
extension Daemon {
    /// Puts the rules for the present subnet in place.
    func applyTrafficRules() {
        guard context.masquerades, let settings = gossip.settings, settings.backend != .alloc,
            let subnet = gossip.ledger?.heldClaim?.subnet
        else { return }
        let rules = TrafficRules(network: settings.pool.network, ownSubnet: subnet)
        guard rules != trafficRules else { return }
        trafficRules = rules
        Task { [weak self] in
            do throws(FirewallError) {
                try await FirewallCommand.apply(rules.script)
                await self?.trafficRulesApplied(nil)
            } catch {
                await self?.trafficRulesApplied(error)
            }
        }
    }

    private func trafficRulesApplied(_ error: FirewallError?) {
        guard let error else { return }
        log.error("\(error); trying again", id: "traffic-rules-failed")
        publish(.dataplaneFailed, message: "\(error)")
        trafficRules = nil
    }

    /// Now and then: what no notification has told of. Also what a lost one would have.
    func audit() async {
        reconcileSoon()
        lookForEndpoints()
        if trafficRules != nil, await !FirewallCommand.hasTable(TrafficRules.table) {
            log.notice("the traffic rules are gone; putting them back", id: "traffic-rules-restored")
            trafficRules = nil
        }
        applyTrafficRules()
    }

    /// Tells the service manager that the actor still takes its turns, twice in the time it grants.
    func startWatchdog() {
        guard let limit = context.services.watchdog else { return }
        Task { [weak self] in
            while true {
                do { try await Task.sleep(for: limit / 2) } catch { return }
                guard let self else { return }
                self.context.services.signOfLife()
            }
        }
    }

    /// Sleeps between audits.
    func startAudits() {
        Task { [weak self] in
            while true {
                do { try await Task.sleep(for: .seconds(30)) } catch { return }
                guard let self else { return }
                await self.audit()
            }
        }
    }
}
