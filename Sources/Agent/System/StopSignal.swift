internal import Synchronization

/// The wish to stop: it may come before anybody can act on it.
final class StopSignal: Sendable {
    private struct State {
        var isRaised = false
        var action: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    var isRaised: Bool { state.withLock { $0.isRaised } }

    func raise() {
        let action = state.withLock { state in
            state.isRaised = true
            return state.action
        }
        action?()
    }

    /// What to do from now on; at once if the wish is there already.
    func onRaise(_ action: @escaping @Sendable () -> Void) {
        let isRaised = state.withLock { state in
            state.action = action
            return state.isRaised
        }
        if isRaised { action() }
    }
}
