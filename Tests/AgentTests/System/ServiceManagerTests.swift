import Glibc
import Testing

@testable import Agent

@Suite struct ServiceManagerTests {
    /// systemd's end of the socket.
    private final class Manager {
        let descriptor: Int32

        /// - Parameter name: a path, or an abstract name behind a zero.
        init(_ name: [UInt8]) throws {
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
            let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
            let bound = withUnsafePointer(to: address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
            }
            try #require(bound == 0)
        }

        deinit { close(descriptor) }

        func received() -> String? {
            var bytes = [UInt8](repeating: 0, count: 512)
            let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
        }
    }

    @Test func `systemd is told through a socket with a path`() throws {
        let scratch = try Scratch()
        let manager = try Manager(Array("\(scratch.path)/notify".utf8))
        let services = ServiceManager(path: "\(scratch.path)/notify", watchdog: nil)
        #expect(services.notify("READY=1\nSTATUS=holds 10.244.3.0/24"))
        #expect(manager.received() == "READY=1\nSTATUS=holds 10.244.3.0/24")
        services.status("one\nREADY=1")
        #expect(manager.received() == "STATUS=one READY=1", "a status cannot become a state")
        services.signOfLife()
        #expect(manager.received() == "WATCHDOG=1")
    }

    @Test func `systemd is told through an abstract socket`() throws {
        let name = "felt-test-\(getpid())-\(UInt64.random(in: .min ... .max))"
        let manager = try Manager([0] + Array(name.utf8))
        #expect(ServiceManager(path: "@\(name)", watchdog: nil).notify("STOPPING=1"))
        #expect(manager.received() == "STOPPING=1")
    }

    @Test(arguments: [nil, "", "/nowhere/notify", String(repeating: "x", count: 200)] as [String?])
    func `where nobody listens, nothing happens`(path: String?) {
        #expect(!ServiceManager(path: path, watchdog: nil).notify("READY=1"))
    }

    @Test(
        arguments: [
            ("3000000", nil, .seconds(3)), ("3000000", "42", .seconds(3)), ("3000000", "43", nil), (nil, "42", nil),
            ("0", nil, nil), ("-1", nil, nil), ("soon", nil, nil),
        ] as [(String?, String?, Duration?)])
    func `the watchdog's time is the one that systemd gives this process`(
        microseconds: String?, process: String?, expected: Duration?
    ) {
        #expect(ServiceManager.watchdog(microseconds: microseconds, process: process, own: 42) == expected)
    }
}
