/// What can be bound to a parameter of a statement.
enum SQLiteValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    /// Unsigned values keep their bits: SQLite's integers are signed.
    static func unsigned(_ value: UInt64?) -> SQLiteValue { value.map { .integer(Int64(bitPattern: $0)) } ?? .null }
    static func flag(_ value: Bool) -> SQLiteValue { .integer(value ? 1 : 0) }
    static func printed(_ value: (some CustomStringConvertible)?) -> SQLiteValue {
        value.map { .text($0.description) } ?? .null
    }
}
