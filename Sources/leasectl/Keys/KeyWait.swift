internal import Addressing
internal import ControlAPI

/// Waits until every live node has the keys that it should; looks ten times a second.
struct KeyWait {
    let options: GlobalOptions
    let deadline: Deadline

    init(_ options: GlobalOptions) {
        self.options = options
        deadline = Deadline(options.timeout)
    }

    /// - Parameters:
    ///   - what: what is so at those that are behind; their names complete it.
    ///   - behind: the names of the live nodes for which that is so.
    /// - Returns: the ring when there were none left.
    @discardableResult
    func until(_ what: String, _ behind: (KeyRingInfo) throws -> [String]) throws -> KeyRingInfo {
        let progress = Progress()
        while true {
            let ring = try options.connect().call(ControlMethods.keyList)
            let names = try behind(ring)
            guard !names.isEmpty else { return ring }
            let who = names.prefix(4).joined(separator: ", ") + (names.count > 4 ? " and \(names.count - 4) more" : "")
            guard !deadline.isPast else {
                progress.clear()
                throw ControlError(.timedOut, "after \(options.timeout) s \(what) \(who); see leasectl key list")
            }
            deadline.pause(progress, "\(what) \(who)")
        }
    }
}

extension KeyRingInfo {
    /// Those that are there and tell of their keys.
    private var live: [Node] {
        nodes.filter { ($0.liveness == .alive || $0.liveness == .suspect) && !$0.keys.isEmpty }
    }

    /// The live nodes that do not have it.
    func lacking(_ id: String) throws(ControlError) -> [String] {
        guard let key = keys.first(where: { $0.id == id }) else {
            throw ControlError(.notFound, "there is no key \(quoted(id)); see leasectl key list")
        }
        return key.missing
    }

    /// The live nodes that seal with another.
    func notSealing(with id: String) -> [String] { live.filter { $0.keys.first != id }.map(\.node) }

    /// The live nodes that still have it.
    func holding(_ id: String) -> [String] { live.filter { $0.keys.contains(id) }.map(\.node) }
}
