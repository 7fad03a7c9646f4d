internal import HummingbirdCore
internal import NIOCore

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
