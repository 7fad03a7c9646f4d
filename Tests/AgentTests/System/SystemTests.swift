import Addressing
import Glibc
import Logging
import Synchronization
import Testing

@testable import Agent

@Suite struct SystemTests {
    private func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
        var template = Array("/tmp/felt-test-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { removeAll(path) }
        return try body(path)
    }

    private func removeAll(_ path: String) {
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != ".", name != ".." { removeAll("\(path)/\(name)") }
            }
            closedir(folder)
            rmdir(path)
        } else {
            unlink(path)
        }
    }

    private func contents(_ path: String) -> String { String(decoding: SmallFile.read(path) ?? [], as: UTF8.self) }

    @Test func `subnet.env has flannel's lines in flannel's order, and is replaced whole`() throws {
        try withTemporaryFolder { folder in
            let file = SubnetFile(path: "\(folder)/run/flannel/subnet.env")
            var values = SubnetFile.Contents(
                network: try IPv4Block(parsing: "10.5.0.0/16"), subnet: try IPv4Block(parsing: "10.5.72.0/24"),
                mtu: 1450,
                masquerades: true)
            try file.write(values)
            #expect(
                contents(file.path)
                    == "FLANNEL_NETWORK=10.5.0.0/16\nFLANNEL_SUBNET=10.5.72.1/24\nFLANNEL_MTU=1450\nFLANNEL_IPMASQ=true\n"
            )
            var before = stat()
            #expect(stat(file.path, &before) == 0 && before.st_mode & 0o777 == 0o644)
            try file.write(values)
            var same = stat()
            #expect(stat(file.path, &same) == 0 && same.st_ino == before.st_ino)
            values.mtu = 1400
            try file.write(values)
            #expect(contents(file.path).contains("FLANNEL_MTU=1400"))
        }
    }

    @Test func `a subnet file that cannot be written says where and what to do`() throws {
        let values = SubnetFile.Contents(
            network: try IPv4Block(parsing: "10.5.0.0/16"), subnet: try IPv4Block(parsing: "10.5.72.0/24"), mtu: 1450,
            masquerades: false)
        let error = #expect(throws: SubnetFileError.self) {
            try SubnetFile(path: "/proc/nowhere/subnet.env").write(values)
        }
        #expect(error?.description.contains("--subnet-file") == true)
    }

    @Test func `the fingerprint changes with the machine and with nothing else`() throws {
        try withTemporaryFolder { root in
            mkdir("\(root)/etc", 0o755)
            func write(_ text: String) throws {
                let file = open("\(root)/etc/machine-id", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
                defer { close(file) }
                try #require(Glibc.write(file, text, text.utf8.count) == text.utf8.count)
            }
            try write("one\n")
            let first = MachineFingerprint.read(root: root)
            #expect(MachineFingerprint.read(root: root) == first)
            try write("two\n")
            #expect(MachineFingerprint.read(root: root) != first)
        }
        #expect(MachineFingerprint.read() == MachineFingerprint.read())
    }

    @Test(arguments: [false, true]) func `the service manager hears what it is told`(isAbstract: Bool) throws {
        try withTemporaryFolder { folder in
            let listener = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            defer { close(listener) }
            let path = isAbstract ? "@felt-test-\(getpid())" : "\(folder)/notify"
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            var bytes = Array(path.utf8)
            if isAbstract { bytes[0] = 0 }
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
            let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1))
            let bound = withUnsafePointer(to: address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, length) }
            }
            try #require(bound == 0)
            #expect(ServiceManager(path: path).notify("READY=1"))
            var buffer = [UInt8](repeating: 0, count: 64)
            let count = recv(listener, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            #expect(String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self) == "READY=1")
        }
        #expect(!ServiceManager(path: nil).notify("READY=1"))
    }

    @Test(arguments: LogFormat.allCases)
    func `a log line stays one line, has its identifier, and steers no terminal`(format: LogFormat) {
        let lines = Mutex<[String]>([])
        let handler = LineLogHandler(level: .info, format: format) { line in lines.withLock { $0.append(line) } }
        let log = Logger(label: "test") { _ in handler }
        log.warning("lost\n\u{1B}[2J to \"n1\"", id: "lost", ["node": "a b\u{7}"])
        let line = lines.withLock { $0.first ?? "" }
        #expect(line.filter { $0 == "\n" }.count == 1 && line.hasSuffix("\n"))
        #expect(!line.contains("\u{1B}") && !line.contains("\u{7}") && line.contains("lost"))
        #expect(
            format == .json
                ? line.hasPrefix("{\"level\":\"warning\",\"id\":\"lost\"") : line.hasPrefix("warning lost: "))
    }

    @Test func `a stop that comes early is not lost`() {
        let stop = StopSignal()
        let calls = Mutex(0)
        stop.raise()
        stop.onRaise { calls.withLock { $0 += 1 } }
        #expect(calls.withLock { $0 } == 1 && stop.isRaised)
    }
}
