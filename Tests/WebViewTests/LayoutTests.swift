import Testing

@testable import Addressing
@testable import ControlAPI
@testable import WebView

@Suite struct LayoutTests {
    private func peers(_ roundTrips: [Double?]) -> [NodeRow] {
        roundTrips.enumerated().map { index, roundTrip in
            NodeRow(
                name: "n\(index)", nodeID: "\(index)", address: "192.0.2.1", state: .alive, isSelf: false,
                roundTrip: roundTrip)
        }
    }

    private func distance(_ place: MapLayout.Place) -> Double {
        let (x, y) = (place.x - MapLayout.centre.x, place.y - MapLayout.centre.y)
        return (x * x + y * y).squareRoot()
    }

    @Test func `the longer the round trip the farther out, whatever the numbers are`() {
        var generator = SystemRandomNumberGenerator()
        let seed = generator.next()
        var state = seed
        for _ in 0..<200 {
            let roundTrips = (0..<20).map { _ -> Double in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Double(state >> 40) / 1_000
            }.sorted()
            let layout = MapLayout(peers: peers(roundTrips))
            let distances = layout.places.map(distance)
            for (near, far) in zip(distances, distances.dropFirst()) {
                #expect(near <= far + 1e-6, "seed \(seed): \(roundTrips)")
            }
            #expect(distances.allSatisfy { (MapLayout.innermost - 0.01...MapLayout.outermost + 0.01).contains($0) })
            #expect((2...20).contains(layout.rings.count), "seed \(seed): \(layout.rings)")
        }
    }

    @Test(arguments: [[], [nil], [0], [1e-300], [1e9], [.greatestFiniteMagnitude], [0.3, nil, 40]] as [[Double?]])
    func `odd round trips have a place`(roundTrips: [Double?]) {
        let layout = MapLayout(peers: peers(roundTrips))
        #expect(layout.places.count == roundTrips.count)
        for place in layout.places {
            #expect((0...MapLayout.width).contains(place.x) && (0...MapLayout.height).contains(place.y))
        }
    }

    private func pool(
        _ total: Int, _ subnets: [String], network: String? = nil, first: String? = nil, last: String? = nil
    )
        -> PoolLayout?
    {
        var status = Sample.snapshot(size: 1).status
        status?.pool = StatusInfo.Pool(total: total, used: subnets.count, network: network, first: first, last: last)
        let rows = subnets.enumerated().map { index, subnet in
            NodeRow(
                name: "n\(index)", nodeID: "\(index)", address: "", state: .alive, isSelf: false, lease: nil,
                block: try? IPv4Block(parsing: subnet))
        }
        return status.flatMap { PoolLayout(status: $0, rows: rows) }
    }

    @Test func `a cell is a subnet, and those that are not leased are told apart`() throws {
        let layout = try #require(
            pool(
                255, ["10.244.1.0/24", "10.244.255.0/24", "10.9.0.0/24"], network: "10.244.0.0/16",
                first: "10.244.1.0/24", last: "10.244.255.0/24"))
        #expect(layout.cells.count == 256 && layout.columns == 16 && layout.subnetsPerCell == 1)
        #expect(layout.cells[0].isLeasable == false && layout.cells.dropFirst().allSatisfy(\.isLeasable))
        #expect(layout.cells[1].claims == [0] && layout.cells[255].claims == [1] && layout.outside == [2])
    }

    @Test func `an older feltd's network is told from one of its subnets`() throws {
        let layout = try #require(pool(255, ["10.244.77.0/24"]))
        #expect("\(layout.network)" == "10.244.0.0/16" && layout.cells.count == 256)
        #expect(pool(255, []) == nil)
        #expect(pool(0, ["10.244.77.0/24"]) == nil)
        #expect(pool(1 << 24, ["10.244.77.0/24"]) == nil)
    }

    @Test(
        arguments: [
            ("10.0.0.0/8", "10.0.1.0/24", "10.255.255.0/24", 1_024, 64),
            ("10.0.0.0/30", "10.0.0.0/30", "10.0.0.0/30", 1, 1),
            ("0.0.0.0/0", "0.0.0.0/30", "255.255.255.252/30", 1_024, 1 << 20),
        ])
    func `a large network's cells hold several subnets each`(
        network: String, first: String, last: String, cells: Int, each: Int
    ) throws {
        let layout = try #require(pool(9, [first, last], network: network, first: first, last: last))
        #expect(layout.cells.count == cells && layout.subnetsPerCell == each)
        #expect(layout.cells.reduce(0) { $0 + $1.claims.count } == 2)
    }

    @Test(arguments: ["x", "10.0.0.0/33", ""]) func `a network that is none is not drawn`(text: String) {
        #expect(pool(5, [], network: text, first: text, last: text) == nil)
    }
}
