internal import FoundationEssentials

/// leasectl on one node's socket and database.
struct Leasectl {
    let socket: String
    let database: String

    var base: [String] {
        get throws { [try Binaries.path("leasectl"), "--socket", socket, "--database", database] }
    }

    func run(_ arguments: [String]) throws -> Command { try Command.run(try base + arguments) }

    func list() throws -> [Lease] { try decode(["list"]) }
    func members() throws -> [Member] { try decode(["members"]) }
    func status() throws -> Status { try decode(["status"]) }

    func decode<Value: Decodable>(_ words: [String]) throws -> Value {
        let command = try run(["-o", "json"] + words)
        // 5 says that not all is well, and prints nevertheless.
        guard [.exited(0), .exited(5)].contains(command.status) else { throw LabError(command.report) }
        do {
            return try JSONDecoder().decode(Value.self, from: Data(command.output.utf8))
        } catch {
            throw LabError("\(command.report)\nis not the JSON that the contract says: \(error)")
        }
    }
}
