package import ControlAPI
internal import Glibc

/// Serves the control socket: JSON lines, one thread that sleeps in poll(2) until something happens. A client costs no
/// more than its bounds: one that floods waits, one that stops reading is dropped, and the log says so.
package final class ControlServer: Sendable {
    /// Clients at once. A further one takes the place of the longest idle, or is told to try again.
    package static let mostClients = 64

    private let socket: ControlListener.Socket
    private let mailbox: ControlMailbox
    private let handler: @Sendable (ControlRequest) async -> ControlReply
    private let stall: Duration
    private let log: @Sendable (String) -> Void

    /// Makes the socket (mode 0660) and its directory; nobody is answered before `start`.
    /// - Parameters:
    ///   - group: the number of the group that may use the socket, beside its owner.
    ///   - stall: how long a client may leave an answer unread.
    ///   - handler: answers all requests but `watch`.
    package init(
        path: String, group: UInt32? = nil, stall: Duration = .seconds(10),
        log: @escaping @Sendable (String) -> Void = { _ in },
        handler: @escaping @Sendable (ControlRequest) async -> ControlReply
    ) throws(ControlServerError) {
        guard let mailbox = ControlMailbox() else {
            throw ControlServerError(path: path, problem: .system("pipe", errno))
        }
        socket = try ControlListener.open(path, group: group)
        self.mailbox = mailbox
        self.handler = handler
        self.stall = stall
        self.log = log
    }

    package func start() {
        Threads.start { [socket, mailbox, handler, stall, log] in
            var loop = ControlLoop(
                listener: socket.descriptor, mailbox: mailbox, stall: stall, log: log, handler: handler)
            loop.run()
            // Kept open to here: the thread may outlive the server.
            withExtendedLifetime(socket) {}
        }
    }

    /// Tells all who watch. Never blocks; costs next to nothing while nobody does.
    package func publish(_ event: EventInfo) {
        guard mailbox.hasWatchers else { return }
        mailbox.event(Array(event.json.line.utf8))
    }

    /// Takes the socket away and closes every connection. May be called more than once.
    package func stop() {
        socket.remove()
        mailbox.stop()
    }
}
