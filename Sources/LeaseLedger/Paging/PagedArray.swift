/// An array in pages. A copy shares all of them with its original, and a change copies one page alone; see
/// `PagedDictionary`.
public struct PagedArray<Element: Sendable>: Sendable, RandomAccessCollection, MutableCollection {
    /// All but the last are full.
    @usableFromInline var pages: [[Element]] = []
    @usableFromInline var filled = 0

    @inlinable static var pageShift: Int { 6 }
    @inlinable static var pageSize: Int { 1 << pageShift }

    @inlinable public init() {}

    @inlinable public init(_ elements: some Sequence<Element>) {
        for element in elements { append(element) }
    }

    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { filled }

    @inlinable public subscript(index: Int) -> Element {
        get { pages[index >> Self.pageShift][index & (Self.pageSize - 1)] }
        set { pages[index >> Self.pageShift][index & (Self.pageSize - 1)] = newValue }
    }

    @inlinable public mutating func append(_ element: Element) {
        if filled & (Self.pageSize - 1) == 0 { pages.append([]) }
        pages[pages.count - 1].append(element)
        filled += 1
    }

    @inlinable public mutating func removeLast() {
        filled -= 1
        pages[pages.count - 1].removeLast()
        if filled & (Self.pageSize - 1) == 0 { pages.removeLast() }
    }
}
