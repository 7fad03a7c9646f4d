internal import Glibc

/// Where the handler writes and a thread reads. Made before any handler is installed.
private let signalPipe: (reading: Int32, writing: Int32) = {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return (-1, -1) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    return (ends[0], ends[1])
}()

/// Takes signals to a thread of its own. Blocking them would not do: an asynchronous main thread waits in sigsuspend(2) with
/// an empty mask and would still be ended by them.
package enum SignalWaiter {
    /// From here on SIGTERM, SIGINT and SIGHUP end nothing by themselves, and a closed pipe is an error, not a signal.
    package static func install() {
        guard signalPipe.reading >= 0 else { return }
        for number in [SIGTERM, SIGINT, SIGHUP] {
            signal(number) { number in
                // Async-signal-safe: one write(2).
                let saved = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(signalPipe.writing, &byte, 1)
                errno = saved
            }
        }
        signal(SIGPIPE, SIG_IGN)
    }

    /// Calls `body` for each of the signals that `install` has taken.
    package static func wait(_ body: @escaping @Sendable (Int32) -> Void) {
        Threads.start {
            var byte: UInt8 = 0
            while true {
                let count = read(signalPipe.reading, &byte, 1)
                if count == 1 { body(Int32(byte)) } else if count == 0 || errno != EINTR { return }
            }
        }
    }
}
