import Addressing
import ControlAPI
import Documents
import LeaseLedger
import Testing

@testable import leasectl

/// flannel's etcd layout, in every form in which one has it in a file.
@Suite struct FlannelDocumentTests {
    private static let config = #"{"Network":"10.5.0.0/16","Backend":{"Type":"vxlan","VNI":7,"Port":0}}"#
    private static let lease =
        #"{"PublicIP":"192.168.64.3","PublicIPv6":null,"BackendType":"vxlan","BackendData":{"VNI":7,"VtepMAC":"c6:01:02:03:04:05"}}"#
    private static let key = "/coreos.com/network/subnets/10.5.52.0-24"

    private static func base64(_ text: String) -> String { DocumentFile.base64(Array(text.utf8)) }

    static let forms = [
        "/coreos.com/network/config\n\(config)\n\(key)\n\(lease)\n",
        "/other/prefix/config\r\n{\r\n\"network\": \"10.5.0.0/16\",\r\n \"backend\": {\"type\": \"VXLAN\", \"vni\": 7}}\r\n"
            + "/other/prefix/subnets/10.5.52.0-24&fd00:12:13::-56\n\(lease)",
        #"{"/coreos.com/network/config": \#(config), "\#(key)": \#(lease)}"#,
        """
        {"header":{"revision":4},"kvs":[
        {"key":"\(base64("/coreos.com/network/config"))","version":1,"value":"\(base64(config))"},
        {"key":"\(base64(key))","value":"\(base64(lease))"}],"count":2}
        """,
    ]

    @Test(arguments: forms) func `each form says the same`(text: String) throws {
        let document = try FlannelDocument(parsing: Array(text.utf8), file: "etcd")
        #expect(document.settings.pool == (try SubnetPool(network: try IPv4Block(parsing: "10.5.0.0/16"))))
        #expect(document.settings.vni == 7 && document.settings.vxlanPort == 8472)
        let lease = try #require(document.leases.first)
        #expect(document.leases.count == 1 && "\(lease.subnet)" == "10.5.52.0/24")
        #expect("\(lease.publicIP)" == "192.168.64.3" && lease.vtepMAC?.description == "c6:01:02:03:04:05")
    }

    @Test func `what is written is read back, host-gw without backend data`() throws {
        let pool = try SubnetPool(network: try IPv4Block(parsing: "10.5.0.0/16"))
        let settings = NetworkSettings(pool: pool, backend: .hostGateway)
        let info = LeaseInfo(
            subnet: try IPv4Block(parsing: "10.5.52.0/24"), node: "a", nodeID: "x",
            publicIP: .v4(try IPv4Address(parsing: "192.168.64.3")), backend: "host-gw", leaseClass: .confirmed,
            liveness: .alive, isSelf: true, seq: 1, claimEpoch: 1, tenure: 0)
        let entries = FlannelDocument.entries(settings, [info, info])
        let text = entries.map { "\($0.key)\n\($0.value.line)\n" }.joined()
        #expect(
            text.hasSuffix(
                Self.key + "\n" + #"{"PublicIP":"192.168.64.3","PublicIPv6":null,"BackendType":"host-gw"}"# + "\n"))
        let document = try FlannelDocument(parsing: Array(text.utf8), file: "etcd")
        #expect(document.settings == settings && document.leases.map(\.subnet.description) == ["10.5.52.0/24"])
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var text: String
        /// What the message must name.
        var words: [String]
        var testDescription: String { words.joined(separator: ", ") }
    }

    static let bad = [
        Bad(text: "", words: ["/coreos.com/network/config"]),
        Bad(text: "hello\n", words: ["line 1", "etcdctl"]),
        Bad(text: "/a/config\nnot json\n", words: ["/a/config", "JSON"]),
        Bad(text: "/a/config\n{}\n", words: ["/a/config", "Network"]),
        Bad(text: "/a/config\n{\"Network\":\"10.5.0.0/99\"}\n", words: ["/a/config.Network", "10.5.0.0/99"]),
        Bad(text: "/a/config\n{\"Network\":7}\n", words: ["/a/config.Network", "text"]),
        Bad(text: "/a/config\n{\"Network\":\"10.5.0.0/16\",\"SubnetLen\":31}\n", words: ["SubnetLen", "30"]),
        Bad(text: "/a/config\n{\"Network\":\"10.5.0.0/16\",\"SubnetLen\":17}\n", words: ["17", "/a/config"]),
        Bad(
            text: "/a/config\n{\"Network\":\"10.5.0.0/16\",\"Backend\":{\"Type\":\"udp\"}}\n",
            words: ["/a/config.Backend.Type", "vxlan"]),
        Bad(
            text: "/a/config\n\(config)\n/a/subnets/10.5.52-24\n\(lease)\n",
            words: ["/a/subnets/10.5.52-24", "correct"]),
        Bad(text: "/a/config\n\(config)\n/a/subnets/10.6.52.0-24\n\(lease)\n", words: ["10.6.52.0-24", "/a/config"]),
        Bad(text: "/a/config\n\(config)\n/a/subnets/10.5.52.0-24\n{}\n", words: ["10.5.52.0-24", "PublicIP"]),
        Bad(
            text: "/a/config\n\(config)\n/a/subnets/10.5.52.0-24\n\(lease)\n/b/subnets/10.5.52.0-24\n\(lease)\n",
            words: ["/b/subnets/10.5.52.0-24", "twice"]),
        Bad(text: "{\"kvs\":[{\"key\":\"%\",\"value\":\"\"}]}", words: ["kvs[0].key", "base64"]),
    ]

    @Test(arguments: bad) func `bad input is named by file, key and what to do`(bad: Bad) throws {
        let error = #expect(throws: DocumentError.self) {
            try FlannelDocument(parsing: Array(bad.text.utf8), file: "my-file")
        }
        for word in bad.words + ["my-file"] { #expect(error?.description.contains(word) == true, "\(error as Any)") }
        #expect(error?.status == 64)
    }

    @Test func `no bytes whatever stop the reading program`() {
        var random = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0 ... .max, using: &random)
        var state = seed
        for _ in 0..<2_000 {
            var bytes = Array(Self.forms[Int(state % UInt64(Self.forms.count))].utf8)
            for _ in 0..<3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 20)
            }
            do {
                _ = try FlannelDocument(parsing: bytes, file: "f")
            } catch {
                #expect(error is DocumentError, "seed \(seed): \(error)")
            }
        }
    }
}
