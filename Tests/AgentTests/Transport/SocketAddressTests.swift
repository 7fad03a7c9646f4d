import Addressing
import Testing

@testable import Agent

@Suite struct SocketAddressTests {
    @Test(arguments: [
        "0.0.0.0", "255.255.255.255", "10.244.1.7", "::", "fd00::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ])
    func `an endpoint survives the kernel's form`(text: String) throws {
        for port in [0, 1, 8473, 65535] as [UInt16] {
            let endpoint = Endpoint(address: try AnyIPAddress(parsing: text), port: port)
            #expect(SocketAddress(endpoint).endpoint == endpoint)
        }
    }

    @Test func `an address that is cut short, or of no family, is none`() throws {
        var short = SocketAddress(Endpoint(address: try AnyIPAddress(parsing: "fd00::1"), port: 1))
        short.length = 16
        #expect(short.endpoint == nil)
        #expect(SocketAddress().endpoint == nil)
    }

    @Test func `an address needs no resolver, and takes the default port`() async throws {
        let peers = await Resolver.resolve(try HostPort(parsing: "10.0.0.7"), defaultPort: 8473)
        #expect(peers.map(\.description) == ["10.0.0.7:8473"])
        let six = await Resolver.resolve(try HostPort(parsing: "[fd00::1]:99"), defaultPort: 8473)
        #expect(six.map(\.description) == ["[fd00::1]:99"])
    }

    @Test func `a name of this machine is resolved, and an unknown one gives nothing`() async throws {
        let local = await Resolver.resolve(try HostPort(parsing: "localhost:5"), defaultPort: 8473)
        #expect(local.map(\.description) == ["127.0.0.1:5"])
        // Too long for a label of the domain name system: refused without a question to anybody.
        let unknown = await Resolver.resolve(try HostPort(parsing: String(repeating: "x", count: 70)), defaultPort: 1)
        #expect(unknown == [])
    }
}
