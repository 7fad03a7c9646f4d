internal import Glibc
package import LeaseLedger

/// CLOCK_BOOTTIME: goes on while the machine sleeps, and no clock setting moves it.
package struct BootClock: Sendable {
    package init() {}

    package var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
