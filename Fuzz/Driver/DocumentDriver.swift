internal import Documents
internal import LeaseStore

/// What `leasectl import` is given, as either format, into a node that has never run. Whatever reads is carried out whole,
/// and doing it again finds nothing to do.
enum DocumentDriver {
    static func run(_ bytes: [UInt8]) {
        if let document = read({ try FeltDocument(parsing: bytes, file: "f") }) {
            carryOut { try ImportPlan(document, into: $0) }
        }
        if let document = read({ try FlannelDocument(parsing: bytes, file: "f") }) {
            carryOut { try ImportPlan(document, lease: nil, into: $0) }
            if let lease = document.leases.first { carryOut { try ImportPlan(document, lease: lease, into: $0) } }
        }
    }

    /// Whatever is wrong is said in the words of a document.
    private static func read<Document>(_ parse: () throws -> Document) -> Document? {
        do {
            return try parse()
        } catch {
            precondition(error is DocumentError)
            return nil
        }
    }

    private static func carryOut(_ plan: (ImportTarget) throws -> ImportPlan) {
        Scratch.withFolder { folder in
            let database = folder + "/felt.db"
            do {
                let target = try ImportTarget(database: database, document: "f")
                try plan(target).carryOut(in: target)
                let again = try plan(try ImportTarget(database: database, document: "f"))
                precondition(again.lines.isEmpty, "not all of it was imported")
            } catch {
                preconditionFailure("cannot be imported")
            }
        }
    }
}
