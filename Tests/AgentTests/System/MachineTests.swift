import Glibc
import LeaseLedger
import Testing

@testable import Agent

@Suite struct MachineTests {
    private func machine(_ files: [String: String]) throws -> (scratch: Scratch, fingerprint: UInt64) {
        let scratch = try Scratch()
        for folder in ["etc", "sys", "sys/class", "sys/class/dmi", "sys/class/dmi/id", "proc", "proc/device-tree"] {
            try #require(mkdir("\(scratch.path)/\(folder)", 0o755) == 0)
        }
        for (name, text) in files { try scratch.file(name, text) }
        return (scratch, MachineFingerprint.read(root: scratch.path))
    }

    @Test func `a fingerprint depends on the machine, and on nothing else`() throws {
        let board = [
            "etc/machine-id": "0123456789abcdef0123456789abcdef\n", "sys/class/dmi/id/product_uuid": "uuid-1\n",
        ]
        let first = try machine(board).fingerprint
        #expect(try machine(board).fingerprint == first, "another folder, the same machine")
        for (name, text) in [
            ("etc/machine-id", "1123456789abcdef0123456789abcdef\n"), ("sys/class/dmi/id/product_uuid", "uuid-2\n"),
            ("proc/device-tree/serial-number", "1000\0"),
        ] {
            var other = board
            other[name] = text
            #expect(try machine(other).fingerprint != first, "\(name)")
        }
        #expect(try machine([:]).fingerprint == MachineFingerprint.read(root: "/nowhere"))
    }

    @Test func `a machine-id that is not settled yet is none`() throws {
        #expect(try machine(["etc/machine-id": "uninitialized\n"]).fingerprint == machine([:]).fingerprint)
    }

    @Test(
        arguments: [
            ("knot", "knot"), ("knot.example.net", "knot"), ("", nil), ("(none)", nil), ("a\u{1B}b", "ab"),
            (String(repeating: "n", count: 64), String(repeating: "n", count: 63)),
            (String(repeating: "ö", count: 32), String(repeating: "ö", count: 31)),
        ] as [(String, String?)])
    func `a host name gives a name that a record may carry`(hostName: String, name: String?) {
        #expect(HostName.nodeName(hostName) == name)
    }

    @Test func `the boot clock runs forward`() {
        let clock = BootClock()
        let (first, second) = (clock.now, clock.now)
        #expect(first <= second && first > .zero)
    }
}
