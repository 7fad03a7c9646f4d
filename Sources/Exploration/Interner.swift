/// Numbers equal values with the same small number, in the order of their first appearance.
struct Interner<Value: Hashable> {
    private var numbers: [Value: UInt32] = [:]
    private(set) var values: [Value] = []

    mutating func number(of value: Value) -> UInt32 {
        if let number = numbers[value] { return number }
        let number = UInt32(values.count)
        numbers[value] = number
        values.append(value)
        return number
    }

    subscript(number: UInt32) -> Value { values[Int(number)] }
    var count: Int { values.count }
}

/// Lists of small numbers, each known by a number; 0 is the empty list.
struct ListInterner {
    private var lists = Interner<[UInt32]>()
    private var inserted: [UInt64: UInt32] = [:]

    init() { _ = lists.number(of: []) }

    subscript(number: UInt32) -> [UInt32] { lists[number] }

    mutating func number(of list: [UInt32]) -> UInt32 { lists.number(of: list) }

    mutating func appending(_ element: UInt32, to list: UInt32) -> UInt32 { lists.number(of: lists[list] + [element]) }

    /// The list kept in order and without repetition: a set.
    mutating func inserting(_ element: UInt32, into list: UInt32) -> UInt32 {
        let key = UInt64(list) << 32 | UInt64(element)
        if let known = inserted[key] { return known }
        let old = lists[list]
        let result = old.contains(element) ? list : lists.number(of: (old + [element]).sorted())
        inserted[key] = result
        return result
    }
}
