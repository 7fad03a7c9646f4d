import Addressing
import LeaseLedger
import Testing

@testable import Agent

@Suite struct NetworkSettingsRequestTests {
    private func cluster() throws -> NetworkSettings {
        NetworkSettings(
            pool: try SubnetPool(network: IPv4Block(parsing: "10.5.0.0/16"), subnetLength: 26), backend: .hostGateway,
            vni: 7, vxlanPort: 4789, directRouting: true)
    }

    @Test func `a joiner that names nothing contradicts nothing`() throws {
        #expect(NetworkSettingsRequest().named == 0)
        #expect(NetworkSettingsRequest().differences(from: try cluster()) == [])
    }

    @Test func `a joiner that names the cluster's own settings contradicts nothing`() throws {
        var request = NetworkSettingsRequest()
        let cluster = try cluster()
        request.network = cluster.pool.network
        request.subnetLength = 26
        request.subnetMin = cluster.pool.subnetMin
        request.subnetMax = cluster.pool.subnetMax
        request.backend = .hostGateway
        request.vni = 7
        request.vxlanPort = 4789
        request.directRouting = true
        #expect(request.named == 8)
        #expect(request.differences(from: cluster) == [])
        #expect(try request.resolved() == cluster)
    }

    @Test func `each contradiction is named with both values`() throws {
        var request = NetworkSettingsRequest()
        request.network = try IPv4Block(parsing: "10.244.0.0/16")
        request.subnetLength = 24
        request.subnetMin = try IPv4Address(parsing: "10.244.1.0")
        request.subnetMax = try IPv4Address(parsing: "10.244.2.0")
        request.backend = .vxlan
        request.vni = 1
        request.vxlanPort = 8472
        request.directRouting = false
        let differences = request.differences(from: try cluster())
        #expect(differences.count == 8)
        #expect(differences.first == "--network is 10.244.0.0/16 here and 10.5.0.0/16 in the cluster")
        #expect(differences.contains("--backend is vxlan here and host-gw in the cluster"))
        #expect(differences.contains("--direct-routing is false here and true in the cluster"))
    }
}
