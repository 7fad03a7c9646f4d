internal import Addressing
internal import ControlAPI
internal import Glibc

/// The thread of the control server: all its connections, and the poll(2) that waits for them.
struct ControlLoop {
    let listener: Int32
    let mailbox: ControlMailbox
    let stall: Duration
    let log: @Sendable (String) -> Void
    let handler: @Sendable (ControlRequest) async -> ControlReply

    private var connections: [ControlConnection] = []
    private var accepted: UInt64 = 0
    /// Until when no connection is taken, because descriptors ran out.
    private var acceptsAgain: ContinuousClock.Instant?
    private var lastLog: ContinuousClock.Instant?
    private var unlogged = 0

    /// An idle client is safe from newcomers this long.
    private static let leastIdle = Duration.seconds(1)

    init(
        listener: Int32, mailbox: ControlMailbox, stall: Duration, log: @escaping @Sendable (String) -> Void,
        handler: @escaping @Sendable (ControlRequest) async -> ControlReply
    ) {
        self.listener = listener
        self.mailbox = mailbox
        self.stall = stall
        self.log = log
        self.handler = handler
    }

    mutating func run() {
        defer { for connection in connections { close(connection.descriptor) } }
        while true {
            var now = ContinuousClock.now
            if let again = acceptsAgain, again <= now { acceptsAgain = nil }
            var waited = [
                pollfd(fd: mailbox.descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: listener, events: acceptsAgain == nil ? Int16(POLLIN) : 0, revents: 0),
            ]
            waited += connections.map { pollfd(fd: $0.descriptor, events: $0.interest, revents: 0) }
            guard poll(&waited, nfds_t(waited.count), milliseconds(from: now)) >= 0 else {
                if errno == EINTR || errno == EAGAIN { continue }
                return log(
                    "poll of the control socket failed: \(String(cString: strerror(errno))); leasectl is not served")
            }
            now = .now
            if waited[0].revents != 0, !takeMail(now) { return }
            for index in connections.indices { turn(index, waited[index + 2].revents, now) }
            for connection in connections where connection.isDone { close(connection.descriptor) }
            connections.removeAll(where: \.isDone)
            mailbox.setWatchers(connections.count { $0.isWatching })
            if waited[1].revents != 0 { accept(now) }
        }
    }

    /// When the next client that does not read is dropped, or connections are taken again.
    private func milliseconds(from now: ContinuousClock.Instant) -> Int32 {
        var next = acceptsAgain
        for connection in connections where connection.unsent > 0 {
            let end = connection.lastProgress + stall
            next = min(next ?? end, end)
        }
        guard let next else { return -1 }
        let left = (next - now).components
        return Int32(clamping: max(0, left.seconds * 1_000 + left.attoseconds / 1_000_000_000_000_000 + 1))
    }

    /// - Returns: false when the server should stop.
    private mutating func takeMail(_ now: ContinuousClock.Instant) -> Bool {
        let mail = mailbox.take()
        if mail.isStopping { return false }
        for (number, line) in mail.answers {
            guard let index = connections.firstIndex(where: { $0.number == number }) else { continue }
            connections[index].phase = .reading
            connections[index].append(line, now: now)
        }
        for index in connections.indices {
            guard case .watching(let id) = connections[index].phase else { continue }
            for json in mail.events { connections[index].append(ControlReply.result(json).line(id: id), now: now) }
            connections[index].send(now: now)
            if mail.lostEvents || connections[index].unsent > ControlConnection.longestBacklog {
                drop(index, "it does not keep up with the events it watches", now)
            }
        }
        return true
    }

    private mutating func turn(_ index: Int, _ events: Int16, _ now: ContinuousClock.Instant) {
        connections[index].handle(events, now: now)
        connections[index].send(now: now)
        while !connections[index].isDone, let line = connections[index].nextLine() {
            take(line, index, now)
            connections[index].send(now: now)
        }
        if connections[index].isOverlong {
            let error = ControlError(.badRequest, "a request is longer than \(ControlProtocol.longestRequest) bytes")
            refuse(index, error, now)
            connections[index].isClosing = true
        }
        if connections[index].unsent > 0, connections[index].lastProgress + stall <= now {
            drop(index, "it does not read its answers", now)
        }
    }

    private mutating func take(_ line: [UInt8], _ index: Int, _ now: ContinuousClock.Instant) {
        let request: ControlRequest
        do throws(ControlError) {
            guard line.count <= ControlProtocol.longestRequest else {
                throw ControlError(.badRequest, "a request is longer than \(ControlProtocol.longestRequest) bytes")
            }
            request = try ControlRequest(line: line)
        } catch {
            refuse(index, error, now)
            connections[index].badLines += 1
            if connections[index].badLines >= ControlConnection.mostBadLines { connections[index].isClosing = true }
            return
        }
        connections[index].badLines = 0
        guard connections[index].mayChange || ControlMethods.forReaders.contains(request.method) else {
            let error = ControlError(
                .notPermitted, "\(quoted(request.method)) is for root: members of the socket's group may only read")
            connections[index].append(ControlReply.failure(error).line(id: request.id), now: now)
            return
        }
        guard request.method != ControlMethods.watch.name else {
            let begun = EventInfo(kind: .watching, message: "watching; what happens from here on follows")
            connections[index].append(ControlReply(begun).line(id: request.id), now: now)
            connections[index].phase = .watching(id: request.id)
            // Before the client can read that it watches: it must not miss what happens next.
            mailbox.setWatchers(connections.count { $0.isWatching })
            return
        }
        connections[index].phase = .answering(id: request.id)
        Task { [number = connections[index].number, mailbox, handler] in
            mailbox.answer(number, await handler(request).line(id: request.id))
        }
    }

    private mutating func refuse(_ index: Int, _ error: ControlError, _ now: ContinuousClock.Instant) {
        connections[index].append(ControlReply.failure(error).line(id: nil), now: now)
        connections[index].send(now: now)
    }

    private mutating func drop(_ index: Int, _ reason: String, _ now: ContinuousClock.Instant) {
        connections[index].isBroken = true
        say("dropped a client of the control socket: \(reason)", now)
    }

    private mutating func accept(_ now: ContinuousClock.Instant) {
        let descriptor = Glibc.accept(listener, nil, nil)
        guard descriptor >= 0 else {
            if errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM {
                acceptsAgain = now + .seconds(1)
                say(
                    "cannot take a client of the control socket: \(String(cString: strerror(errno))); trying again", now
                )
            }
            return
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        accepted += 1
        var connection = ControlConnection(descriptor: descriptor, number: accepted, now: now)
        if connections.count >= ControlServer.mostClients, !evict(now) {
            let error = ControlError(
                .unavailable, "feltd serves \(ControlServer.mostClients) clients already; close one, or try again")
            connection.append(ControlReply.failure(error).line(id: nil), now: now)
            connection.send(now: now)
            close(descriptor)
            return say("turned a client of the control socket away: too many", now)
        }
        connections.append(connection)
    }

    /// Makes room: the client that has been silent longest can connect again when it wants something.
    private mutating func evict(_ now: ContinuousClock.Instant) -> Bool {
        let idle = connections.indices.filter {
            connections[$0].isIdle && connections[$0].lastProgress + Self.leastIdle <= now
        }
        guard let longest = idle.min(by: { connections[$0].lastProgress < connections[$1].lastProgress }) else {
            return false
        }
        close(connections[longest].descriptor)
        connections.remove(at: longest)
        return true
    }

    /// At most a line a second.
    private mutating func say(_ message: String, _ now: ContinuousClock.Instant) {
        if let lastLog, lastLog + .seconds(1) > now {
            unlogged += 1
            return
        }
        log(message + (unlogged > 0 ? " (and \(unlogged) times more)" : ""))
        lastLog = now
        unlogged = 0
    }
}
