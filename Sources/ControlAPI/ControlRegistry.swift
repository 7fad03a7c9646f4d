internal import Addressing

/// What a daemon can do: a handler for each method. It decodes parameters, encodes results, and answers for the methods
/// that nobody registered.
package struct ControlRegistry: Sendable {
    private typealias Handler = @Sendable (ControlRequest) async throws -> ControlReply

    private let release: String
    private var handlers: [String: Handler] = [:]

    package init(release: String = ControlProtocol.release) {
        self.release = release
    }

    /// Registers `body` for `method`. Errors that are no `ControlError` are told as `failed`.
    package mutating func on<Parameters, Result>(
        _ method: ControlMethod<Parameters, Result>,
        _ body: @escaping @Sendable (Parameters) async throws -> Result
    ) {
        handlers[method.name] = { request in
            ControlReply(try await body(try request.parameters(as: Parameters.self)))
        }
    }

    /// For methods without parameters.
    package mutating func on<Result>(
        _ method: ControlMethod<NoParameters, Result>, _ body: @escaping @Sendable () async throws -> Result
    ) {
        on(method) { _ in try await body() }
    }

    package var methods: [String] {
        (handlers.keys + [ControlMethods.hello.name, ControlMethods.version.name, ControlMethods.watch.name]).sorted()
    }

    /// Answers any request but `watch`, which the server answers.
    package func answer(_ request: ControlRequest) async -> ControlReply {
        switch request.method {
        case ControlMethods.hello.name, ControlMethods.version.name:
            return ControlReply(VersionInfo(version: release, methods: methods))
        default: break
        }
        guard let handler = handlers[request.method] else {
            return .failure(
                ControlError(
                    .unknownMethod,
                    """
                    feltd \(release) has no method \(quoted(request.method)); \
                    it has \(methods.joined(separator: ", "))
                    """))
        }
        do {
            return try await handler(request)
        } catch let error as ControlError {
            return .failure(error)
        } catch {
            return .failure(ControlError(.failed, "\(error)"))
        }
    }
}
