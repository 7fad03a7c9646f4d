package import ControlAPI
internal import Glibc
internal import Synchronization

/// Serves the control socket: JSON lines, one thread that sleeps in poll(2). Clients cannot cost it more than their bounds:
/// one that stops reading, floods or sends garbage is dropped.
package final class ControlServer: Sendable {
    private enum Post: Sendable {
        case answer(client: UInt64, line: [UInt8])
        case event([UInt8])
    }

    private let path: String
    private let listener: Int32
    private let wakePipe: (read: Int32, write: Int32)
    private let posts = Mutex<[Post]>([])
    private let stopping = Atomic<Bool>(false)
    private let handler: @Sendable (ControlRequest) async -> ControlReply

    private static let mostClients = 64
    private static let mostPosts = 4_096

    package init(
        path: String, handler: @escaping @Sendable (ControlRequest) async -> ControlReply
    ) throws(ControlServerError) {
        var pipes: [Int32] = [0, 0]
        guard pipe(&pipes) == 0 else { throw ControlServerError(path: path, problem: .system("pipe", errno)) }
        for end in pipes {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        do throws(ControlServerError) {
            listener = try ControlListener.open(path)
        } catch {
            for end in pipes { close(end) }
            throw error
        }
        self.path = path
        self.handler = handler
        wakePipe = (pipes[0], pipes[1])
    }

    package func start() { Threads.start { [self] in serve() } }

    /// Tells all who watch. Never blocks.
    package func publish(_ event: EventInfo) {
        guard case .result(let json) = ControlReply(event) else { return }
        post(.event(json))
    }

    /// Ends the thread and takes the socket away.
    package func stop() {
        unlink(path)
        stopping.store(true, ordering: .releasing)
        wake()
    }

    private func post(_ post: Post) {
        let hasRoom = posts.withLock { posts in
            if posts.count < Self.mostPosts { posts.append(post) }
            return posts.count < Self.mostPosts
        }
        if hasRoom { wake() }
    }

    private func wake() {
        var byte: UInt8 = 1
        _ = write(wakePipe.write, &byte, 1)
    }

    // MARK: The thread

    private func serve() {
        var clients: [ControlClientState] = []
        var accepted: UInt64 = 0
        defer {
            for client in clients { close(client.descriptor) }
            close(listener)
        }
        while true {
            let hasRoom = clients.count < Self.mostClients
            var waited = [
                pollfd(fd: wakePipe.read, events: Int16(POLLIN), revents: 0),
                pollfd(fd: listener, events: hasRoom ? Int16(POLLIN) : 0, revents: 0),
            ]
            waited += clients.map { client in
                let reads = client.isClosing || client.pending >= ControlClientState.mostPending ? 0 : Int16(POLLIN)
                return pollfd(
                    fd: client.descriptor, events: reads | (client.unsent > 0 ? Int16(POLLOUT) : 0), revents: 0)
            }
            guard poll(&waited, nfds_t(waited.count), -1) >= 0 || errno == EINTR else { return }
            if waited[0].revents != 0 {
                drainWakePipe()
                if stopping.load(ordering: .acquiring) { return }
                deliverPosts(&clients)
            }
            for index in clients.indices {
                let happened = waited[index + 2].revents
                if happened & Int16(POLLIN | POLLHUP | POLLERR) != 0 { read(&clients[index]) }
                send(&clients[index])
            }
            for client in clients where isDone(client) { close(client.descriptor) }
            clients.removeAll { isDone($0) }
            if waited[1].revents != 0, hasRoom { accept(&clients, &accepted) }
        }
    }

    private func isDone(_ client: ControlClientState) -> Bool {
        client.unsent > ControlClientState.longestOutput
            || (client.isClosing && client.unsent == 0 && client.pending == 0)
    }

    private func drainWakePipe() {
        var bytes = [UInt8](repeating: 0, count: 256)
        while Glibc.read(wakePipe.read, &bytes, bytes.count) == bytes.count {}
    }

    private func deliverPosts(_ clients: inout [ControlClientState]) {
        let taken = posts.withLock { posts in
            defer { posts = [] }
            return posts
        }
        for post in taken {
            switch post {
            case .answer(let number, let line):
                guard let index = clients.firstIndex(where: { $0.number == number }) else { continue }
                clients[index].pending -= 1
                clients[index].append(line)
            case .event(let json):
                for index in clients.indices where clients[index].isWatching {
                    clients[index].append(ControlReply.result(json).line(id: clients[index].watch))
                }
            }
        }
    }

    private func accept(_ clients: inout [ControlClientState], _ accepted: inout UInt64) {
        let descriptor = Glibc.accept(listener, nil, nil)
        guard descriptor >= 0 else { return }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        accepted += 1
        clients.append(ControlClientState(descriptor: descriptor, number: accepted))
    }

    private func read(_ client: inout ControlClientState) {
        guard !client.isClosing else {
            // A watcher that has hung up.
            client.output = []
            client.sent = 0
            return
        }
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        let count = Glibc.read(client.descriptor, &buffer, buffer.count)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0 else {
            client.isClosing = true
            client.isWatching = false
            if count < 0 { client.output = [] }
            return
        }
        client.input += buffer[..<count]
        while client.pending < ControlClientState.mostPending, let line = client.nextLine() { take(line, &client) }
        if client.input.count > ControlProtocol.longestRequest {
            let error = ControlError(.badRequest, "a request is longer than \(ControlProtocol.longestRequest) bytes")
            client.append(ControlReply.failure(error).line(id: nil))
            client.input = []
            client.isClosing = true
        }
    }

    private func take(_ line: [UInt8], _ client: inout ControlClientState) {
        guard !line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) else { return }
        let request: ControlRequest
        do throws(ControlError) {
            request = try ControlRequest(line: line)
        } catch {
            return client.append(ControlReply.failure(error).line(id: nil))
        }
        if request.method == ControlMethods.watch.name {
            client.watch = request.id
            client.isWatching = true
            let begun = EventInfo(kind: .watching, message: "watching; what happens from here on follows")
            return client.append(ControlReply(begun).line(id: request.id))
        }
        client.pending += 1
        let number = client.number
        Task { [self] in
            let reply = await handler(request)
            post(.answer(client: number, line: reply.line(id: request.id)))
        }
    }

    private func send(_ client: inout ControlClientState) {
        guard client.unsent > 0 else { return }
        let count = client.output.withUnsafeBytes { bytes in
            Glibc.send(
                client.descriptor, bytes.baseAddress?.advanced(by: client.sent), bytes.count - client.sent,
                Int32(MSG_NOSIGNAL))
        }
        if count > 0 {
            client.sent += count
            if client.unsent == 0 {
                client.output = []
                client.sent = 0
            }
        } else if errno != EAGAIN, errno != EINTR {
            client.output = []
            client.sent = 0
            client.isClosing = true
            client.isWatching = false
        }
    }
}
