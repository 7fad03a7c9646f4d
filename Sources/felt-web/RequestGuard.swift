internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Turns away what is too long or brings a body before anything of it is kept, and closes connections that stand still.
final class RequestGuard: ChannelInboundHandler, RemovableChannelHandler {
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
