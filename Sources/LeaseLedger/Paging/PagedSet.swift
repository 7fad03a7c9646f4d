/// A set in small pages that copies share; see `PagedDictionary`.
public struct PagedSet<Element: PagedKey>: Sendable, Sequence {
    @usableFromInline var elements = PagedDictionary<Element, Void>()

    @inlinable public init() {}

    @inlinable public var count: Int { elements.count }
    @inlinable public var isEmpty: Bool { elements.isEmpty }

    @inlinable public func contains(_ element: Element) -> Bool { elements[element] != nil }

    @inlinable public mutating func insert(_ element: Element) { elements[element] = () }

    @inlinable public mutating func remove(_ element: Element) { elements[element] = nil }

    @inlinable public func makeIterator() -> LazyMapSequence<PagedDictionary<Element, Void>, Element>.Iterator {
        elements.keys.makeIterator()
    }
}
