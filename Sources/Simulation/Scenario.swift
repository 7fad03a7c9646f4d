/// What happens to a cluster in an experiment.
package enum Scenario: String, CaseIterable, Sendable {
    /// All machines start at once, with the same seeds.
    case join
    /// One machine joins a cluster that has been running, again and again.
    case joiner
    /// Nothing.
    case idle
    /// Ten times a second some node's record changes.
    case change
    /// A process is killed; its machine's kernel answers for it.
    case kill
    /// A machine falls silent.
    case crash
    /// A process is killed and starts again.
    case restart
    /// Machines are killed, stopped, started again and added, every few seconds.
    case churn
    /// The cluster is cut in two for a minute, and healed.
    case partition
    /// The cluster is cut in two for a second or two, again and again.
    case flap
    /// Datagrams pass between the halves in one direction only.
    case asymmetric
    /// One node of ten is stopped for seconds at a time.
    case pause
    /// A machine's disk is copied to another, and both run.
    case clone
    /// A machine's disk is put back to an old state.
    case restore
    /// Machines change their addresses.
    case move
    /// There are fewer subnets than machines, and now and then one is given back.
    case fullPool = "full-pool"

    /// Whether it begins with a cluster that has been running.
    var beginsSettled: Bool {
        switch self {
        case .join, .clone, .restore, .fullPool, .churn: false
        default: true
        }
    }
}
