internal import Glibc

/// The service manager's end of sd_notify(3).
final class NotifySocket {
    let path: String
    private let descriptor: Descriptor
    private(set) var received = ""

    init(path: String) throws {
        let number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard number >= 0 else { throw LabError(call: "socket", errno: errno) }
        descriptor = Descriptor(owning: number)
        self.path = path
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let bound = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0 else { throw LabError(call: "bind \(path)", errno: errno) }
    }

    /// Takes what has come.
    func drain() {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(descriptor.number, &bytes, bytes.count)
            guard count > 0 else { return }
            received += String(decoding: bytes.prefix(count), as: UTF8.self) + "\n"
        }
    }
}
