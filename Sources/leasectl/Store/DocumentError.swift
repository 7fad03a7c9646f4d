/// What is wrong with a document that is to be imported: in which file, where in it, and what to do.
struct DocumentError: Error, Equatable, CustomStringConvertible {
    enum Kind: Equatable {
        /// It is not what the format says.
        case malformed
        /// It contradicts what the store holds.
        case conflict
        /// Nothing in it is meant for this node.
        case notFound
    }

    let kind: Kind
    let file: String
    /// The key or the element; empty for the whole file.
    let place: String
    let problem: String

    init(_ file: String, at place: String = "", _ problem: String, kind: Kind = .malformed) {
        self.kind = kind
        self.file = file
        self.place = place
        self.problem = problem
    }

    var description: String {
        Console.shown(place.isEmpty ? "\(file): \(problem)" : "\(file): \(place): \(problem)")
    }

    var status: Int32 {
        switch kind {
        case .malformed: Status.usage
        case .conflict: Status.unhealthy
        case .notFound: Status.notFound
        }
    }
}
