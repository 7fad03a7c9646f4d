import Addressing
import Netlink
import NetworkTestSupport
import Testing

@testable import Dataplane

@Suite struct UnderlaySelectorTests {
    private func selector(defaultInterface: Int32? = 2) throws -> UnderlaySelector {
        let entry = { (index: Int32, text: String, scope: UInt8, isPermanent: Bool) in
            InterfaceAddress(
                interfaceIndex: index, address: try address(text), prefixLength: 24, scope: scope,
                isPermanent: isPermanent)
        }
        let far = try address("203.0.113.1")
        let source = try address("192.168.60.1")
        return UnderlaySelector(
            links: [
                Link(index: 1, name: "lo", mtu: 65536), Link(index: 2, name: "eth0", mtu: 1500),
                Link(index: 3, name: "wlan0", mtu: 1400), Link(index: 4, name: "bare", mtu: 1500),
            ],
            addresses: [
                try entry(1, "127.0.0.1", 254, true), try entry(2, "169.254.3.3", 253, true),
                try entry(2, "192.168.50.9", 0, false), try entry(2, "192.168.50.1", 0, true),
                try entry(2, "192.168.50.2", 0, true), try entry(3, "192.168.60.1", 0, false),
            ], defaultInterface: defaultInterface,
            lookup: { $0 == far ? RouteLookup(gateway: nil, interfaceIndex: 3, preferredSource: source) : nil })
    }

    @Test(
        arguments: [
            (UnderlayRequest(), "eth0 192.168.50.1 1500"),
            (UnderlayRequest(interfaces: ["wlan0"]), "wlan0 192.168.60.1 1400"),
            (UnderlayRequest(interfaces: ["eth9", "wlan0", "eth0"]), "wlan0 192.168.60.1 1400"),
            (UnderlayRequest(interfaces: ["192.168.50.2"]), "eth0 192.168.50.2 1500"),
            (UnderlayRequest(interfaces: ["lo"]), "lo 127.0.0.1 65536"),
            (UnderlayRequest(patterns: ["wlan0|192\\.168\\.50\\.9"]), "eth0 192.168.50.9 1500"),
            (UnderlayRequest(patterns: ["nothing", "^wl"]), "wlan0 192.168.60.1 1400"),
            (UnderlayRequest(interfaces: ["eth9"], patterns: ["lan\\d"]), "wlan0 192.168.60.1 1400"),
            (UnderlayRequest(canReach: IPv4Address(bits: 0xCB00_7101)), "wlan0 192.168.60.1 1400"),
            (UnderlayRequest(publicIP: IPv4Address(bits: 0xC0A8_3C01)), "wlan0 192.168.60.1 1400"),
            (UnderlayRequest(publicIP: IPv4Address(bits: 0x0101_0101)), "eth0 192.168.50.1 1500"),
        ] as [(UnderlayRequest, String)])
    func `the interface is selected as flannel does`(request: UnderlayRequest, expected: String) throws {
        let found = try selector().select(request)
        #expect("\(found.name) \(found.address) \(found.mtu)" == expected)
    }

    @Test(
        arguments: [
            (
                UnderlayRequest(interfaces: ["eth9"]),
                #"no interface fits --iface "eth9"; there are "lo" (127.0.0.1), "eth0""#
            ),
            (UnderlayRequest(interfaces: ["bare"]), #"interface "bare" has no IPv4 address"#),
            (UnderlayRequest(patterns: ["["]), #"--iface-regex "[" is not a regular expression"#),
            (UnderlayRequest(canReach: IPv4Address(bits: 0x0808_0808)), "no interface fits --iface-can-reach 8.8.8.8"),
            (UnderlayRequest(interfaces: ["10.9.9.9"]), #"no interface fits --iface "10.9.9.9""#),
        ] as [(UnderlayRequest, String)])
    func `what cannot be found is named together with what there is`(request: UnderlayRequest, message: String) throws {
        let error = #expect(throws: UnderlaySelectionError.self) { try self.selector().select(request) }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }

    @Test func `without a default route and a choice there is an error that asks for one`() throws {
        let error = #expect(throws: UnderlaySelectionError.self) {
            try self.selector(defaultInterface: nil).select(UnderlayRequest())
        }
        #expect(error?.description.contains("--iface") == true)
    }

    @Test func `a real namespace is read`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            #expect(throws: UnderlaySelectionError.self) { try UnderlaySelector.select(UnderlayRequest()) }
            try shell(
                """
                ip route add default via 192.168.50.254 metric 7
                ip addr add 10.5.0.1/24 dev peer0; ip route add default via 10.5.0.254 metric 9
                """)
            #expect(try UnderlaySelector.select(UnderlayRequest()) == eth0())
            #expect(
                try UnderlaySelector.select(UnderlayRequest(canReach: try address("10.5.0.9"))).name == "peer0")
            // The overlay's own device fits the pattern too.
            try shell("ip link add flannel.1 type vxlan id 1 dstport 8472; ip addr add 10.4.0.0/32 dev flannel.1")
            let request = UnderlayRequest(patterns: ["^10\\."], ownDevice: "flannel.1")
            #expect(try UnderlaySelector.select(request).name == "peer0")
            let named = UnderlayRequest(interfaces: ["flannel.1"], ownDevice: "flannel.1")
            #expect(throws: UnderlaySelectionError.self) { try UnderlaySelector.select(named) }
            #expect(try DataplaneDriver().existingVTEPAddress(of: "flannel.1") != nil)
            #expect(try DataplaneDriver().existingVTEPAddress(of: "eth0") == nil)
        }
    }
}
