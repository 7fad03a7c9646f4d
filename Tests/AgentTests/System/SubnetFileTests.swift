import Addressing
import Glibc
import Testing

@testable import Agent

@Suite(.serialized) struct SubnetFileTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func contents(mtu: UInt32 = 1450) throws -> LeaseForRuntimes {
        LeaseForRuntimes(
            network: try IPv4Block(parsing: "10.5.0.0/16"), subnet: try IPv4Block(parsing: "10.5.72.0/24"), mtu: mtu,
            masquerades: false)
    }

    @Test func `the file is flannel's, line by line`() throws {
        try SubnetFile(path: "\(scratch.path)/subnet.env").write(contents())
        #expect(
            scratch.text("subnet.env") == """
                FLANNEL_NETWORK=10.5.0.0/16
                FLANNEL_SUBNET=10.5.72.1/24
                FLANNEL_MTU=1450
                FLANNEL_IPMASQ=false

                """)
    }

    @Test func `file and folders can be read by all, whatever the umask`() throws {
        let before = umask(0o077)
        defer { umask(before) }
        try SubnetFile(path: "\(scratch.path)/run/flannel/subnet.env").write(contents())
        #expect(try scratch.mode("run") == 0o755 && scratch.mode("run/flannel") == 0o755)
        #expect(try scratch.mode("run/flannel/subnet.env") == 0o644)
    }

    @Test func `it is replaced when something changes, and left alone when nothing does`() throws {
        let file = SubnetFile(path: "\(scratch.path)/subnet.env")
        try file.write(contents())
        let first = try scratch.status("subnet.env")
        try file.write(contents())
        let second = try scratch.status("subnet.env")
        #expect(first.st_ino == second.st_ino && first.st_mtim.tv_nsec == second.st_mtim.tv_nsec)
        try file.write(contents(mtu: 1400))
        #expect(try scratch.status("subnet.env").st_ino != first.st_ino, "a new file, renamed over the old one")
        #expect(scratch.text("subnet.env")?.contains("FLANNEL_MTU=1400\n") == true)
        #expect(scratch.text("subnet.env.new") == nil)
    }

    @Test func `a link in the temporary file's place leads nowhere`() throws {
        let victim = try scratch.file("victim", "precious")
        #expect(symlink(victim, "\(scratch.path)/subnet.env.new") == 0)
        try SubnetFile(path: "\(scratch.path)/subnet.env").write(contents())
        #expect(scratch.text("victim") == "precious")
    }

    @Test func `a folder that cannot be made is said in one line, and nothing is left`() throws {
        let path = try scratch.file("file", "") + "/below/subnet.env"
        let error = #expect(throws: RuntimeFileError.self) { try SubnetFile(path: path).write(contents()) }
        #expect(error?.description.contains(path) == true && error?.description.contains("--subnet-file") == true)
        try #require(mkdir("\(scratch.path)/subnet.env", 0o755) == 0)
        #expect(throws: RuntimeFileError.self) { try SubnetFile(path: "\(scratch.path)/subnet.env").write(contents()) }
        #expect(scratch.text("subnet.env.new") == nil)
    }

    @Test func `the CNI configuration gives the bridge the leased subnet`() throws {
        let contents = LeaseForRuntimes(
            network: try IPv4Block(parsing: "10.5.0.0/16"), subnet: try IPv4Block(parsing: "10.5.72.0/24"), mtu: 1450,
            masquerades: true)
        try CNIFile(path: "\(scratch.path)/net.d/10-felt.conflist").write(contents)
        let members = try ConfigurationFile.object("\(scratch.path)/net.d/10-felt.conflist", named: "test")
        guard case .list(let plugins) = members["plugins"], case .object(let bridge) = plugins.first,
            case .object(let ipam) = bridge["ipam"]
        else {
            Issue.record("\(members)")
            return
        }
        #expect(members["cniVersion"] == .text("1.0.0") && members["name"] == .text("felt"))
        #expect(bridge["type"] == .text("bridge") && bridge["mtu"] == .number(1450) && bridge["ipMasq"] == .bool(false))
        // Otherwise the plugin refuses to work once the subnet has changed.
        #expect(bridge["forceAddress"] == .bool(true))
        #expect(ipam["ranges"] == .list([.list([.object(["subnet": .text("10.5.72.0/24")])])]))
        #expect(
            ipam["routes"] == .list([.object(["dst": .text("10.5.0.0/16")]), .object(["dst": .text("0.0.0.0/0")])]))
        #expect(try scratch.mode("net.d/10-felt.conflist") == 0o644)
    }
}
