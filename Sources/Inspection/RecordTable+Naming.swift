internal import Addressing
package import ControlAPI
package import LeaseLedger

extension RecordTable {
    /// The node that a person means by a name, a nodeID, or the first eight or more digits of that.
    /// - Parameter fits: decides between several with one name, if it is right for one of them only.
    package func node(
        called text: String, preferring fits: ((NodeID) -> Bool)? = nil
    ) throws(ControlError) -> NodeID {
        let wanted = text.lowercased()
        var found = all.filter { record in
            !isForgotten(record.nodeID) && (record.record.name == text || record.nodeID.description == wanted)
        }.map(\.nodeID)
        if found.isEmpty, text.utf8.count >= 8 {
            found = all.map(\.nodeID).filter { $0.description.hasPrefix(wanted) }
        }
        if found.count > 1, let fits {
            let fitting = found.filter(fits)
            if fitting.count == 1 { found = fitting }
        }
        guard let first = found.first else {
            throw ControlError(.notFound, "there is no node \(quoted(text)); see `leasectl members`")
        }
        guard found.count == 1 else {
            let identities = found.sorted().map(\.description).joined(separator: ", ")
            throw ControlError(
                .conflict, "\(found.count) nodes are called \(quoted(text)); name one by nodeID: \(identities)")
        }
        return first
    }
}
