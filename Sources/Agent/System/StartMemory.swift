internal import CLinux

/// What a process has used once, to start: most of its code and constants.
enum StartMemory {
    /// Until the work of the start, and what follows from it, is done.
    static let settling = Duration.seconds(2)

    /// Gives it back. The kernel keeps it in the page cache as long as it has room, and maps again what is used again.
    static func release() { _ = clinux_release_start_memory() }
}
