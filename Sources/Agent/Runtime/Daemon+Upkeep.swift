internal import Addressing
internal import ControlAPI
internal import Dataplane
internal import Gossip
internal import LeaseLedger

/// What is looked after now and then: the rules of --ip-masq (one nftables table of our own, put back when somebody has
/// changed it), whatever no notification has told of, and the watchdog.
extension Daemon {
    /// Looks whether the rules for the present subnet are in place, and puts them there. Without --ip-masq, those of a
    /// former run are removed. One look at a time; each change of the table, our own too, makes one.
    func keepTrafficRules() {
        guard !isKeepingRules else {
            needsRulesLook = true
            return
        }
        guard let settings = gossip.settings, settings.backend != .alloc, gossip.ledger?.heldClaim != nil else {
            return
        }
        let rules = trafficRules
        if rules == nil, hasSweptRules { return }
        isKeepingRules = true
        needsRulesLook = false
        let worker = context.firewall
        // Somebody who takes them away again and again costs a process each time: after the first few, one a second.
        rulesRepairs.removeAll { clock.now - $0 > .seconds(10) }
        let pause: Duration = rulesRepairs.count < 10 ? .zero : .seconds(1)
        Task { [weak self] in
            if pause > .zero { try? await Task.sleep(for: pause) }
            let outcome = await worker.keep(rules)
            await self?.keptTrafficRules(outcome, wanted: rules)
        }
    }

    /// Those that should be in place now; `nil`: none.
    var trafficRules: TrafficRules? {
        guard context.masquerades, let settings = gossip.settings, let subnet = gossip.ledger?.heldClaim?.subnet else {
            return nil
        }
        return TrafficRules(network: settings.pool.network, ownSubnet: subnet)
    }

    private func keptTrafficRules(_ outcome: Result<Bool, FirewallError>, wanted rules: TrafficRules?) {
        let wanted = rules != nil
        isKeepingRules = false
        hasSweptRules = !wanted
        keptRules = nil
        switch outcome {
        case .success(let changed):
            keptRules = rules
            if changed, wanted {
                rulesRepairs.append(clock.now)
                log.notice("the traffic rules have been put in place", id: "traffic-rules")
            } else if changed {
                log.notice("the traffic rules of a former run have been removed", id: "traffic-rules")
            }
            trafficRulesProblem = nil
        case .failure(let error) where wanted:
            let problem = "\(error)"
            if trafficRulesProblem != problem {
                log.error("--ip-masq: \(problem); trying again", id: "traffic-rules-failed")
                publish(.dataplaneFailed, message: "--ip-masq: \(problem)")
            }
            trafficRulesProblem = problem
        case .failure: trafficRulesProblem = nil
        }
        if needsRulesLook { keepTrafficRules() }
    }

    /// Now and then: what no notification has told of. Also what a lost one would have.
    func audit() {
        reconcileSoon(lookingForOthers: true)
        lookForEndpoints()
        keepTrafficRules()
        saveAbsences()
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
