internal import CRelease

/// The limits and the version of what is spoken over the control socket: one JSON object a line, UTF-8.
///
///     → {"id":1,"method":"get","params":{"node":"alpha"}}
///     ← {"id":1,"result":{…}}          or  {"id":1,"error":{"code":"notFound","message":"…"}}
///
/// `watch` is answered again and again with the same id until the client closes; that connection takes no other request.
package enum ControlProtocol {
    package static let version = 1
    /// The release of this code.
    package static var release: String { FELT_RELEASE }
    /// Bytes of a request line; a longer one is answered with an error, and the connection closed.
    package static let longestRequest = 64 << 10
    /// Bytes of an answer line that a client takes: enough for the leases of 100,000 nodes.
    package static let longestAnswer = 64 << 20
}
