internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTPTypes

/// What a connection may cost. A request of ours is one line and a few headers; nothing here takes a body.
enum ConnectionLimits {
    static let longestTarget = 2_048
    private static let longestHeaders = 16 << 10
    private static let mostHeaders = 64
    /// Seconds for a request to be complete.
    private static let requestTimeout: Int64 = 10
    /// Seconds in which something must be written: an answer, or the next event. A client that sends too slowly, keeps an idle
    /// connection, or does not read what it asked for, is past it.
    private static let writeTimeout: Int64 = 30

    static var http: HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                IdleStateHandler(writeTimeout: .seconds(writeTimeout)), RequestGuard(),
            ], idleTimeout: .seconds(requestTimeout),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: longestHeaders / 2, maxHeaderListSize: longestHeaders,
                maxHeaderFieldCount: mostHeaders))
    }
}

/// Turns away what is too long or brings a body before anything of it is kept, and closes connections that stand still.
private final class RequestGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundOut = HTTPResponsePart

    private var isTurnedAway = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isTurnedAway else { return }
        if case .head(let head) = unwrapInboundIn(data), let (status, reason) = objection(head) {
            isTurnedAway = true
            turnAway(context, status, reason)
        } else {
            context.fireChannelRead(data)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? IdleStateHandler.IdleStateEvent == .write {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    private func objection(_ head: HTTPRequest) -> (HTTPResponse.Status, String)? {
        if (head.path ?? "").utf8.count > ConnectionLimits.longestTarget {
            return (.uriTooLong, "the address is longer than \(ConnectionLimits.longestTarget) bytes")
        }
        let length = head.headerFields[.contentLength]
        if head.headerFields[.transferEncoding] != nil || (length != nil && length != "0") {
            return (.contentTooLarge, "no request here has a body")
        }
        return nil
    }

    private func turnAway(_ context: ChannelHandlerContext, _ status: HTTPResponse.Status, _ reason: String) {
        let text = ByteBuffer(string: reason + "\n")
        let headers: HTTPFields = [
            .connection: "close", .contentType: "text/plain; charset=utf-8", .contentLength: "\(text.readableBytes)",
        ]
        context.write(wrapOutboundOut(.head(HTTPResponse(status: status, headerFields: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(text)), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }
}
