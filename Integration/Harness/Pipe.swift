internal import Glibc

/// A pipe whose two ends are not inherited.
struct Pipe: ~Copyable {
    let reading: Descriptor
    let writing: Descriptor

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw LabError(call: "pipe", errno: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        reading = Descriptor(owning: ends[0])
        writing = Descriptor(owning: ends[1])
    }

    /// Gives the reading end and closes the other, so that the stream ends with its last writer.
    consuming func closeWriting() -> Descriptor { reading }
}
