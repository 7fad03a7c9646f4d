internal import Glibc

/// A feltd that runs in the benchmark's namespace, from a state directory that was made for it.
final class Daemon {
    private let process: Background
    private let socket: Int32
    let log: String
    private let started = now()

    var pid: pid_t { process.pid }

    /// - Parameter state: a folder with a store and an identity.
    init(_ programs: Programs, scene: Scene, state: String, extra: [String] = []) throws {
        let path = "\(scene.folder)/notify"
        log = "\(scene.folder)/feltd.log"
        socket = try Self.listen(at: path)
        process = try Background(
            [
                programs.feltd, "--state-dir", state, "--run-dir", "\(scene.folder)/run", "--subnet-file",
                "\(scene.folder)/subnet.env", "--name", "bench",
            ] + extra, environment: ["NOTIFY_SOCKET=\(path)"], log: log)
    }

    deinit { close(socket) }

    /// Milliseconds from the start of the process to READY=1: the lease is held, the data plane stands.
    func awaitReady() throws -> Double {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(socket, &buffer, buffer.count)
            guard count > 0 else { throw BenchFailure("feltd did not get ready:\n\(try shell("tail -n 20 \(log)"))") }
            if String(decoding: buffer[..<count], as: UTF8.self).contains("READY=1") { return now() - started }
        }
    }

    func stop() { process.stop() }

    /// Milliseconds of CPU time that all its threads have used.
    func cpuTime() throws -> Double {
        let text = try shell("cat /proc/\(pid)/task/*/schedstat")
        return text.split(separator: "\n").reduce(0) { $0 + (Double($1.split(separator: " ").first ?? "") ?? 0) / 1e6 }
    }

    /// A field of /proc/<pid>/status, in KiB.
    func memory(_ field: String) throws -> Double {
        let words = try shell("grep ^\(field): /proc/\(pid)/status").split(whereSeparator: \.isWhitespace)
        return words.count > 1 ? Double(words[1]) ?? 0 : 0
    }

    private static func listen(at path: String) throws -> Int32 {
        unlink(path)
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8).prefix(100)) }
        let bound = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0 else { throw BenchFailure(call: "bind \(path)", code: errno) }
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        return socket
    }
}
