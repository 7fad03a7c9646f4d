import Addressing
import LeaseLedger
import Testing

@testable import Agent

@Suite struct NetConfFileTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func read(_ text: String) throws -> FeltdConfiguration {
        try configure([.netConf: [try scratch.file("net-conf.json", text)]])
    }

    @Test func `all that flannel writes for a network is understood, whatever the case of its keys`() throws {
        let configuration = try read(
            """
            {"network": "10.3.0.0/16", "SUBNETLEN": 24, "SubnetMin": "10.3.1.0", "subnetMax": "10.3.255.0",
             "EnableIPv4": true, "EnableIPv6": false, "EnableNFTables": true,
             "Backend": {"type": "VXLAN", "vni": 4096, "Port": 4789, "MTU": 1400, "GBP": true, "Learning": false,
                         "DirectRouting": true}}
            """)
        let settings = try configuration.request.resolved()
        #expect(
            settings.pool.subnetMin.description == "10.3.1.0" && settings.pool.subnetMax.description == "10.3.255.0")
        #expect(settings.backend == .vxlan && settings.vni == 4096 && settings.vxlanPort == 4789)
        #expect(settings.directRouting && configuration.mtu == 1400)
        #expect(configuration.gbp && !configuration.learning && configuration.udpChecksum)
    }

    @Test func `flannel's own vector gives flannel's bounds, and vxlan where no backend is named`() throws {
        let settings = try read(#"{"Network": "10.3.0.0/16"}"#).request.resolved()
        #expect(settings.pool.subnetLength == 24 && settings.backend == .vxlan)
        #expect(
            settings.pool.subnetMin.description == "10.3.1.0" && settings.pool.subnetMax.description == "10.3.255.0")
    }

    @Test func `flannel's zero means the default`() throws {
        let configuration = try read(#"{"Network": "10.3.0.0/16", "Backend": {"Type": "vxlan", "Port": 0, "MTU": 0}}"#)
        #expect(configuration.mtu == nil && configuration.request.vxlanPort == nil)
    }

    @Test(arguments: [
        (#""Subnetlength": 24"#, ["Subnetlength", "unknown key"]),
        (#""SubnetLen": "24""#, ["SubnetLen", "whole number"]),
        (#""SubnetLen": 31"#, ["SubnetLen", "31"]), (#""SubnetLen": 17"#, ["SubnetLen", "18"]),
        (#""SubnetMin": "10.3.1.7""#, ["SubnetMin", "/24"]), (#""SubnetMin": 1"#, ["SubnetMin", "text"]),
        (#""SubnetMin": "10.3.9.0", "SubnetMax": "10.3.3.0""#, ["SubnetMin", "10.3.9.0", "10.3.3.0"]),
        (#""SubnetMax": "10.4.0.0""#, ["SubnetMax", "10.3.0.0/16"]), (#""network": "10.4.0.0/16""#, ["twice"]),
        (#""EnableIPv6": true"#, ["EnableIPv6", "not supported yet"]), (#""EnableIPv6": 0"#, ["EnableIPv6"]),
        (#""EnableIPv4": false"#, ["EnableIPv4"]), (#""EnableNFTables": 1"#, ["EnableNFTables", "wrong type"]),
        (#""IPv6Network": "fd00::/48""#, ["IPv6Network", "not supported yet"]),
        (#""IPv6SubnetLen": 64"#, ["IPv6SubnetLen", "not supported yet"]),
        (#""Backend": "vxlan""#, ["Backend", "object"]),
        (#""Backend": {"Type": "udp"}"#, ["Type", "udp", "host-gw"]),
        (#""Backend": {"Type": "wireguard", "PSK": "x"}"#, ["Type", "wireguard"]),
        (#""Backend": {"Type": "vxlan", "VNID": 1}"#, ["VNID", "unknown key"]),
        (#""Backend": {"VNI": 0}"#, ["VNI", "16777215"]), (#""Backend": {"VNI": 16777216}"#, ["VNI", "16777215"]),
        (#""Backend": {"Port": 70000}"#, ["Port", "65535"]), (#""Backend": {"MTU": 100}"#, ["MTU", "576"]),
        (#""Backend": {"DirectRouting": "yes"}"#, ["DirectRouting", "true or false"]),
        (#""Backend": {"GBP": 1}"#, ["GBP", "true or false"]),
        (#""Backend": {"Learning": "no"}"#, ["Learning", "true or false"]),
        (#""Backend": {"vni": 1, "VNI": 2}"#, ["twice"]),
    ])
    func `a wrong key is refused with its name and the file's`(text: String, words: [String]) throws {
        let path = try scratch.file("net-conf.json", #"{"Network": "10.3.0.0/16", \#(text)}"#)
        let line = try refusal([.netConf: [path]])
        for word in words + [path] { #expect(line.contains(word), "\(line)") }
    }

    @Test func `a file without a network is refused`() throws {
        let line = try refusal([.netConf: [try scratch.file("net-conf.json", #"{"SubnetLen": 24}"#)]])
        #expect(line.hasPrefix("--net-conf") && line.contains("\"Network\""))
    }
}
