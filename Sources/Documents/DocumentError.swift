/// What is wrong with a document that is to be imported: in which file, where in it, and what to do.
package struct DocumentError: Error, Equatable, CustomStringConvertible {
    package enum Kind: Equatable {
        /// It is not what the format says.
        case malformed
        /// It contradicts what the store holds.
        case conflict
        /// Nothing in it is meant for this node.
        case notFound
    }

    package let kind: Kind
    package let file: String
    /// The key or the element; empty for the whole file.
    package let place: String
    package let problem: String

    package init(_ file: String, at place: String = "", _ problem: String, kind: Kind = .malformed) {
        self.kind = kind
        self.file = file
        self.place = place
        self.problem = problem
    }

    /// As it is: whoever shows it on a terminal escapes what came from elsewhere.
    package var description: String { place.isEmpty ? "\(file): \(problem)" : "\(file): \(place): \(problem)" }
}
