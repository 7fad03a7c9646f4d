/// Why a request was not done, in words that say what to do, and as a code that programs read.
package struct ControlError: Error, Codable, Hashable, Sendable, CustomStringConvertible {
    package struct Code: OpenName {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let notFound = Code(rawValue: "notFound")
        package static let conflict = Code(rawValue: "conflict")
        package static let unhealthy = Code(rawValue: "unhealthy")
        package static let poolExhausted = Code(rawValue: "poolExhausted")
        /// The client may read, and this would change or reveal something.
        package static let notPermitted = Code(rawValue: "notPermitted")
        package static let badRequest = Code(rawValue: "badRequest")
        package static let unknownMethod = Code(rawValue: "unknownMethod")
        /// The daemon cannot answer now: it starts, stops, or has too many clients.
        package static let unavailable = Code(rawValue: "unavailable")
        package static let timedOut = Code(rawValue: "timedOut")
        package static let failed = Code(rawValue: "failed")
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
