/// The answer to an HTTP request, before it is HTTP.
package struct Answer: Sendable {
    package enum Body: Sendable {
        case bytes([UInt8])
        /// Server-sent events, for as long as the client listens.
        case events(LiveView.Client)
    }

    package var status: Int
    package var contentType: String
    package var headers: [(name: String, value: String)]
    package var body: Body

    init(_ status: Int, _ contentType: String, _ body: Body, _ headers: [(name: String, value: String)] = []) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.headers = headers
    }

    init(_ status: Int, _ contentType: String, text: String, _ headers: [(name: String, value: String)] = []) {
        self.init(status, contentType, .bytes(Array(text.utf8)), headers)
    }

    /// A line of plain text.
    static func line(_ status: Int, _ text: String, _ headers: [(name: String, value: String)] = []) -> Answer {
        Answer(status, "text/plain; charset=utf-8", text: text.shown + "\n", headers)
    }

    /// With every answer: nothing from elsewhere is loaded, no script but ours runs, nothing is kept, and no other page
    /// frames this one or reads it.
    package static let headers: [(name: String, value: String)] = [
        (
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"), ("Cache-Control", "no-store"),
    ]
}
