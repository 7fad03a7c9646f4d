internal import Addressing
internal import ControlAPI
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import WebView

/// Wires what feltd tells to what HTTP asks.
struct Server {
    /// Open connections; more wait in the kernel's queue.
    private static let mostConnections = 128

    let host: AnyIPAddress
    let port: UInt16
    let socket: String
    let log: Logger

    /// Serves until the process ends.
    func run() async throws {
        let reader = ControlReader(path: socket)
        let feed = Feed { await reader.read() }
        let live = LiveView(feed: feed)
        let dataplane = DataplaneFeed { await reader.dataplane($0) }
        let site = Site(feed: feed, live: live, dataplane: dataplane, isLocal: isLoopback)
        let application = Application(
            responder: CallbackResponder<BasicRequestContext> { request, _ in await respond(to: request, site) },
            server: .http1(configuration: ConnectionLimits.http),
            configuration: ApplicationConfiguration(
                address: .hostname("\(host)", port: Int(port)),
                availableConnectionsDelegate: .maximum(Self.mostConnections, logger: log)),
            onServerRunning: { _ in log.info("serving http://\(Endpoint(address: host, port: port)), asking \(socket)")
            },
            logger: Logger(label: "http"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await live.run() }
            group.addTask { await follow(feed, live) }
            group.addTask { try await application.runService(gracefulShutdownSignals: []) }
            // The first two do not end by themselves.
            try await group.next()
            group.cancelAll()
        }
    }

    private var isLoopback: Bool {
        switch host {
        case .v4(let address): address.isLoopback
        case .v6(let address): address.isLoopback
        }
    }

    private func follow(_ feed: Feed, _ live: LiveView) async {
        for await news in EventWatcher(path: socket).start() {
            switch news {
            case .connected: log.info("following feltd at \(socket)")
            case .lost(let reason): log.warning("\(reason); trying again")
            case .happened(let event): await feed.record(event)
            }
            await live.touch()
        }
        // Without events the page still renews itself every few seconds.
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) }
    }

    private func respond(to request: Request, _ site: Site) async -> Response {
        let answer = await site.answer(
            method: request.method.rawValue, target: request.head.path ?? "/", host: request.head.authority)
        var headers = HTTPFields()
        headers[.contentType] = answer.contentType
        for (name, value) in Answer.headers + answer.headers {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        let status = HTTPResponse.Status(code: answer.status)
        switch answer.body {
        case .bytes(let bytes):
            let response = Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
            return request.method == .head ? response.createHeadResponse() : response
        case .events(let client):
            return Response(
                status: status, headers: headers,
                body: ResponseBody { writer in
                    do {
                        try await stream(client, site.live) { try await writer.write(ByteBuffer(string: $0)) }
                    } catch {
                        await site.live.leave(client)
                        throw error
                    }
                    await site.live.leave(client)
                    try await writer.finish(nil)
                })
        }
    }

    private func stream(
        _ client: LiveView.Client, _ live: LiveView, _ write: (String) async throws -> Void
    ) async throws {
        try await write("retry: 3000\n\n")
        var seen: [Section: Int] = [:]
        for await _ in client.signals {
            var versions = seen
            let text = await live.changes(since: &versions)
            try await write(text)
            seen = versions
        }
    }
}
