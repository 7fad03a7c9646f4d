internal import Addressing
import ArgumentParser
internal import ControlAPI
internal import Inspection

struct Trace: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Follow a packet to an address, step by step; exit 5 if a step is not as it should be.",
        discussion: """
            Reads the kernel of the network namespace in which it runs: run it where feltd runs.

            Example: leasectl trace 10.244.7.3 --probe
            """)
    @OptionGroup var options: GlobalOptions
    @Flag(help: "Send one real packet to the owner's gateway address, and wait for the answer.")
    var probe = false
    @Argument(help: ArgumentHelp("An address of a pod.", valueName: "address"))
    var address: String

    /// Seconds.
    private static let probeLimit = 2.0

    func run() throws {
        try reporting {
            let target: IPv4Address
            do throws(AddressError) {
                target = try IPv4Address(parsing: address)
            } catch {
                throw ControlError(.badRequest, error.description)
            }
            let view = try DataplaneView(options, of: target)
            let tracer = Tracer(
                kernel: view.kernel, wanted: view.wanted, leases: view.leases, isRunning: view.isRunning)
            var trace = try tracer.trace(target)
            if probe {
                trace.probe = Progress.during("sending a packet to \(trace.owner ?? address)") {
                    self.probe(trace, target)
                }
            }
            try Printer(options: options).print(one: trace, name: trace.owner ?? "-") { _ in table(trace) }
            if trace.kind == "unowned" { throw ExitCode(Status.notFound) }
            if !trace.isOK { throw ExitCode(Status.unhealthy) }
        }
    }

    /// The owner's gateway is the first address of its subnet; without containers there it has none, and only the address
    /// of its VXLAN device, the subnet's base, can answer.
    private func probe(_ trace: TraceInfo, _ target: IPv4Address) -> ProbeResult? {
        guard let subnet = trace.subnet.flatMap({ try? IPv4Block(parsing: $0) }) else {
            return trace.kind == "outside" ? EchoProbe.run(to: target, limit: Self.probeLimit) : nil
        }
        var result = EchoProbe.run(to: subnet.base.advanced(by: 1), limit: Self.probeLimit)
        guard !result.ok, trace.kind == "peer", trace.steps.contains(where: { $0.name == "fdb" }) else { return result }
        let base = EchoProbe.run(to: subnet.base, limit: Self.probeLimit)
        result.message +=
            base.ok
            ? "; the owner itself answers at \(base.target): the way is good, its gateway address is missing (no container "
                + "runs there?) or filtered"
            : "; nor does the owner at \(base.target): is it up, and UDP to its VXLAN port allowed?"
        return result
    }

    private func table(_ trace: TraceInfo) -> Table {
        var rows: [(label: String, text: String, tone: Tone)] = [
            ("Address", trace.address, .plain), ("Owner", owner(trace), .plain),
        ]
        for step in trace.steps {
            let word = step.ok ? "ok" : "WRONG"
            rows.append((heading(step.name), "\(word)  \(step.actual ?? "nothing")", step.ok ? .good : .bad))
            guard !step.ok else { continue }
            rows.append(("", "expected: \(step.expected)", .plain))
            if let problem = step.problem { rows.append(("", "problem: \(problem)", .plain)) }
            if let remedy = step.remedy { rows.append(("", "do: \(remedy)", .plain)) }
        }
        if let probe = trace.probe {
            let time = probe.roundTripMilliseconds.map { " in \($0) ms" } ?? ""
            rows.append(
                (
                    "Probe", "\(probe.ok ? "ok" : "FAILED")  \(probe.target) \(probe.message)\(time)",
                    probe.ok ? .good : .bad
                ))
        }
        return Table(facts: rows)
    }

    private func owner(_ trace: TraceInfo) -> String {
        guard let owner = trace.owner, let subnet = trace.subnet else {
            return trace.kind == "outside" ? "none: outside the cluster's network" : "none: nobody holds it"
        }
        return "\(owner), \(subnet), at \(trace.publicIP ?? "-")" + (trace.kind == "own" ? ", this node" : "")
    }

    private func heading(_ name: String) -> String {
        name == "fdb" ? "FDB" : name.prefix(1).uppercased() + name.dropFirst()
    }
}
