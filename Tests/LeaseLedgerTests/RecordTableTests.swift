import Addressing
import Testing

@testable import LeaseLedger

@Suite struct RecordTableTests {
    private func records(_ random: inout PrecedenceTests.SplitMix) throws -> [SignedRecord] {
        try (0..<60).map { _ in
            let claimClass = ClaimClass.allCases.randomElement(using: &random) ?? .confirmed
            return try LedgerHarness.peer(
                UInt64.random(in: 1...12, using: &random), "10.244.\(Int.random(in: 1...4, using: &random)).0/24",
                claimClass, epoch: UInt64.random(in: 1...3, using: &random),
                sequence: UInt64.random(in: 1...1_000_000, using: &random))
        }
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max)])
    func `tables that merged the same records in any order are equal in hash, owners and entries`(seed: UInt64) throws {
        var random = PrecedenceTests.SplitMix(state: seed)
        for _ in 0..<50 {
            let records = try records(&random)
            var tables = [RecordTable(), RecordTable()]
            for record in records { _ = tables[0].merge(record) }
            for record in records.shuffled(using: &random) + records.prefix(9) { _ = tables[1].merge(record) }
            #expect(tables[0].hash == tables[1].hash, "seed \(seed)")
            for slot in 1...4 {
                let subnet = try IPv4Block(parsing: "10.244.\(slot).0/24")
                #expect(tables[0].owner(of: subnet) == tables[1].owner(of: subnet), "seed \(seed)")
            }
            for bucket in 0..<TableHash.bucketCount {
                #expect(Set(tables[0].entries(inBucket: bucket)) == Set(tables[1].entries(inBucket: bucket)))
            }
        }
    }

    @Test func `different tables have different hashes`() throws {
        var table = RecordTable()
        let empty = table.hash
        _ = table.merge(try LedgerHarness.peer(3, "10.244.1.0/24"))
        let one = table.hash
        _ = table.merge(try LedgerHarness.peer(3, "10.244.1.0/24", sequence: 2))
        #expect(Set([empty.whole, one.whole, table.hash.whole]).count == 3)
    }

    @Test func `a tentative claim owns nothing`() throws {
        var table = RecordTable()
        _ = table.merge(try LedgerHarness.peer(3, "10.244.1.0/24", .tentative))
        #expect(table.owner(of: try IPv4Block(parsing: "10.244.1.0/24")) == nil)
    }

    @Test func `preferences of different nodes rarely agree, and none is left out`() throws {
        let pool = try SubnetPool(network: IPv4Block(parsing: "10.244.0.0/16"))
        let firsts = (1...64).compactMap { number in
            Preference(clusterID: 1, nodeID: LedgerHarness.nodeID(UInt64(number))).first(in: pool) { _ in true }
        }
        #expect(Set(firsts).count > 45)
        var taken: Set<IPv4Block> = []
        let preference = Preference(clusterID: 1, nodeID: LedgerHarness.nodeID(1))
        while let next = preference.first(in: pool, where: { !taken.contains($0) }) { taken.insert(next) }
        #expect(taken.count == pool.count)
    }
}
