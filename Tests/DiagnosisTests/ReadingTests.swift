import Addressing
import ControlAPI
import Glibc
import Testing

@testable import Diagnosis

/// A folder that stands in for a machine's root, and goes with this object.
final class MachineRoot {
    let path: String

    init(_ files: [String: String]) throws {
        var template = Array("/tmp/felt-doctor-XXXXXX".utf8CString)
        path = String(cString: try #require(mkdtemp(&template)))
        for (name, text) in files {
            try Remedy.file(path: name, contents: text).apply(to: HostFiles(root: path))
        }
    }

    deinit {
        var pid = pid_t()
        var argv: [UnsafeMutablePointer<CChar>?] = ["rm", "-rf", path].map { (text: String) in strdup(text) } + [nil]
        defer { for text in argv { free(text) } }
        guard posix_spawnp(&pid, "rm", nil, nil, &argv, environ) == 0 else { return }
        waitpid(pid, nil, 0)
    }

    var files: HostFiles { HostFiles(root: path) }
}

@Suite struct ReadingTests {
    private static let udev = ["/usr/lib/systemd/systemd-udevd": ""]
    private static let persistent = "[Match]\nOriginalName=*\n\n[Link]\nMACAddressPolicy=persistent\n"

    @Test func `udev's default policy covers the device, until our file comes first`() throws {
        let bare = Self.udev.merging(["/usr/lib/systemd/network/99-default.link": Self.persistent]) { $1 }
        let root = try MachineRoot(bare)
        let found = SystemdFiles(files: root.files).macPolicy(of: "flannel.1")
        #expect(found == "/usr/lib/systemd/network/99-default.link: persistent")
        try DropIn.link("flannel.1").apply(to: root.files)
        #expect(SystemdFiles(files: root.files).macPolicy(of: "flannel.1") == nil)
        #expect(SystemdFiles(files: root.files).macPolicy(of: "wg0") != nil)
    }

    @Test func `without udev nobody follows its files`() throws {
        let root = try MachineRoot(["/usr/lib/systemd/network/99-default.link": Self.persistent])
        #expect(SystemdFiles(files: root.files).macPolicy(of: "flannel.1") == nil)
    }

    @Test func `a file in etc hides that of the same name, and a match on a MAC address is not ours`() throws {
        let root = try MachineRoot(
            Self.udev.merging([
                "/usr/lib/systemd/network/99-default.link": Self.persistent,
                "/etc/systemd/network/99-default.link": "[Match]\nOriginalName=*\n[Link]\nMACAddressPolicy=none\n",
                "/etc/systemd/network/05-card.link":
                    "[Match]\nMACAddress=02:00:00:00:00:01\n[Link]\nMACAddressPolicy=random\n",
            ]) { $1 })
        #expect(SystemdFiles(files: root.files).macPolicy(of: "flannel.1") == nil)
    }

    @Test(
        arguments: [
            ("[Match]\nName=*\n[Network]\nDHCP=yes\n", true), ("[Match]\nName=eth* en*\n", false),
            ("[Match]\nKind=vxlan\n", true), ("[Match]\nName=!flannel.*\n", false), ("[Network]\nDHCP=yes\n", false),
            ("# [Match]\n; Name=*\n[Match]\nName=flannel.1\n[Link]\nUnmanaged=yes\n", false),
        ] as [(String, Bool)])
    func `systemd-networkd manages what its first matching file says`(text: String, isManaged: Bool) throws {
        let root = try MachineRoot(["/run/systemd/netif/links": "", "/etc/systemd/network/50-all.network": text])
        let systemd = SystemdFiles(files: root.files)
        #expect((systemd.managesDevice("flannel.1") != nil) == isManaged)
        #expect(systemd.managesRoutes()?.contains("by default") == true)
        try DropIn.network("flannel.1").apply(to: root.files)
        try DropIn.networkd.apply(to: root.files)
        #expect(systemd.managesDevice("flannel.1") == nil)
        #expect(systemd.managesRoutes() == nil)
    }

    @Test(
        arguments: [
            ("", true), ("[keyfile]\nunmanaged-devices=interface-name:flannel.*\n", false),
            ("[keyfile]\nunmanaged-devices=mac:02:00:00:00:00:01;type:vxlan\n", false),
            ("[keyfile]\nunmanaged-devices=*,except:interface-name:flannel.1\n", true),
            ("[device-felt]\nmatch-device=interface-name:flannel.1\nmanaged=0\n", false),
        ] as [(String, Bool)])
    func `NetworkManager leaves alone what it is told to`(text: String, isManaged: Bool) throws {
        let root = try MachineRoot(["/run/NetworkManager/devices": "", "/etc/NetworkManager/conf.d/10.conf": text])
        #expect((NetworkManagerFiles(files: root.files).managesDevice("flannel.1") != nil) == isManaged)
        if !text.contains("except") {
            try DropIn.networkManager("flannel.1").apply(to: root.files)
            #expect(NetworkManagerFiles(files: root.files).managesDevice("flannel.1") == nil)
        }
    }

    @Test(
        arguments: [
            ("hostname\n", true), ("denyinterfaces veth* flannel.*\n", false), ("allowinterfaces eth0\n", false),
            ("interface eth0\ndenyinterfaces flannel.1\n", true),
        ] as [(String, Bool)])
    func `dhcpcd leaves alone what it denies`(text: String, isManaged: Bool) throws {
        let root = try MachineRoot(["/etc/dhcpcd.conf": text])
        #expect((DhcpcdFiles(files: root.files).configuresDevice("flannel.1") != nil) == isManaged)
    }

    @Test func `pools come from the files of Docker and podman`() throws {
        let root = try MachineRoot([
            "/etc/docker/daemon.json":
                #"{"bip":"10.244.9.1/24","default-address-pools":[{"base":"10.200.0.0/16","size":24}]}"#,
            "/etc/containers/networks/lab.json": #"{"subnets":[{"subnet":"10.244.3.0/24","gateway":"10.244.3.1"}]}"#,
            "/etc/containers/containers.conf":
                "[network]\ndefault_subnet = \"10.99.0.0/16\"\ndefault_subnet_pools = [{\"base\" = \"10.100.0.0/16\", \"size\" = 24}]\n",
        ])
        let pools = ContainerPools(files: root.files).pools().map { "\($0.owner.rawValue) \($0.block)" }
        #expect(
            pools == [
                "Docker 10.244.9.0/24", "Docker 10.200.0.0/16", "podman 10.244.3.0/24", "podman 10.99.0.0/16",
                "podman 10.100.0.0/16",
            ])
    }

    @Test(arguments: ["", "{", "[]", #"{"bip":7}"#, #"{"bip":"x/y"}"#, "\u{0}\u{1}"])
    func `a file that says nothing is no pool`(text: String) throws {
        let root = try MachineRoot(["/etc/docker/daemon.json": text])
        #expect(ContainerPools(files: root.files).pools().allSatisfy { $0.source == "its default" })
    }

    @Test func `checksum errors are read from the kernel's counters`() throws {
        let text = """
            Ip: Forwarding DefaultTTL
            Ip: 1 64
            Tcp: RtoMin InSegs MaxConn InCsumErrors
            Tcp: 200 70 -1 3
            Udp: InDatagrams NoPorts InCsumErrors
            Udp: 900 4 12
            """
        let counters = try #require(ChecksumCounters(snmp: text))
        #expect(counters == ChecksumCounters(udpReceived: 900, udpErrors: 12, tcpReceived: 70, tcpErrors: 3))
        #expect(ChecksumCounters(snmp: "nonsense\n\n:") == nil)
    }

    @Test func `a remedy does not overwrite a file, and a line is added at the end`() throws {
        let root = try MachineRoot(["/etc/dhcpcd.conf": "hostname", "/etc/systemd/network/10-felt.link": "mine\n"])
        #expect(throws: RemedyFailure.self) { try DropIn.link("flannel.1").apply(to: root.files) }
        try DropIn.dhcpcd("flannel.1").apply(to: root.files)
        #expect(root.files.text("/etc/dhcpcd.conf") == "hostname\ndenyinterfaces flannel.*\n")
    }

    @Test(arguments: [
        ("networkd/10-felt.link", DropIn.link("flannel.1")), ("networkd/10-felt.network", DropIn.network("flannel.1")),
        ("networkd/50-felt.conf", DropIn.networkd), ("NetworkManager/felt.conf", DropIn.networkManager("flannel.1")),
    ])
    func `the drop-in files are those of the package`(name: String, remedy: Remedy) throws {
        let package = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        guard case .file(_, let contents) = remedy else { throw RemedyFailure(path: name, reason: "is no file") }
        #expect(HostFiles(root: package).text("/Packaging/\(name)") == contents)
    }
}
