/// A dictionary in small pages. A copy shares all of them with its original, and a change copies the page of its key alone:
/// what thousands of simulated nodes know alike is in memory once.
///
/// As in a `Dictionary`, the order of the elements differs from process to process: nothing that is sent may follow from it.
/// Public, as nothing else here: generic code of another module is slow unless it is inlinable, and the compiler inlines
/// across modules only what is public.
public struct PagedDictionary<Key: PagedKey, Value: Sendable>: Sendable {
    @usableFromInline struct Entry: Sendable {
        @usableFromInline let key: Key
        @usableFromInline var value: Value

        @inlinable init(key: Key, value: Value) {
            self.key = key
            self.value = value
        }
    }

    /// Where a key is if it is anywhere.
    @usableFromInline struct Home {
        @usableFromInline let group: Int
        @usableFromInline let page: Int

        @inlinable init(group: Int, page: Int) {
            self.group = group
            self.page = page
        }
    }

    /// Pages in groups, which are shared too: a list of thousands of pages would be long to copy. None while it is empty;
    /// else of both a power of two.
    @usableFromInline var groups: [[[Entry]]] = []
    @usableFromInline var pagesInGroup = 1
    @usableFromInline var filled = 0

    /// Entries a page, when the pages are doubled.
    @inlinable static var mostFill: Int { 8 }
    @inlinable static var groupShift: Int { 6 }

    @inlinable public init() {}

    @inlinable public var count: Int { filled }
    @inlinable public var isEmpty: Bool { filled == 0 }

    @inlinable public subscript(key: Key) -> Value? {
        get {
            guard filled > 0 else { return nil }
            let home = home(of: key)
            guard let place = place(of: key, in: home) else { return nil }
            return groups[home.group][home.page][place].value
        }
        set {
            guard let value = newValue else { return remove(key) }
            if groups.isEmpty { groups = [[[]]] }
            let home = home(of: key)
            if let place = place(of: key, in: home) {
                groups[home.group][home.page][place].value = value
            } else {
                groups[home.group][home.page].append(Entry(key: key, value: value))
                filled += 1
                if filled > Self.mostFill * pagesInGroup * groups.count { double() }
            }
        }
    }

    /// Changes the value of a key in place.
    /// - Returns: what `change` gives; `nil` if the key has no value.
    @inlinable public mutating func update<Result>(_ key: Key, _ change: (inout Value) -> Result) -> Result? {
        guard filled > 0 else { return nil }
        let home = home(of: key)
        guard let place = place(of: key, in: home) else { return nil }
        return change(&groups[home.group][home.page][place].value)
    }

    @inlinable mutating func remove(_ key: Key) {
        guard filled > 0 else { return }
        let home = home(of: key)
        guard let place = place(of: key, in: home) else { return }
        groups[home.group][home.page].remove(at: place)
        filled -= 1
    }

    @inlinable func home(of key: Key) -> Home {
        let hash = key.pageHash
        return Home(group: hash & (groups.count - 1), page: (hash >> Self.groupShift) & (pagesInGroup - 1))
    }

    @inlinable func place(of key: Key, in home: Home) -> Int? {
        groups[home.group][home.page].withUnsafeBufferPointer { entries in
            for place in entries.indices where entries[place].key == key { return place }
            return nil
        }
    }

    @inlinable mutating func double() {
        let former = groups
        let isWide = former.count == 1 << Self.groupShift
        if isWide { pagesInGroup *= 2 }
        let group = Array(repeating: [Entry](), count: pagesInGroup)
        groups = Array(repeating: group, count: isWide ? former.count : 2 * former.count)
        for entry in former.joined().joined() {
            let home = home(of: entry.key)
            groups[home.group][home.page].append(entry)
        }
    }
}

extension PagedDictionary: Sequence {
    public struct Iterator: IteratorProtocol {
        @usableFromInline var entries: FlattenSequence<FlattenSequence<[[[Entry]]]>>.Iterator

        @inlinable init(_ groups: [[[Entry]]]) { entries = groups.joined().joined().makeIterator() }

        @inlinable public mutating func next() -> (key: Key, value: Value)? {
            entries.next().map { ($0.key, $0.value) }
        }
    }

    @inlinable public func makeIterator() -> Iterator { Iterator(groups) }

    @inlinable public var underestimatedCount: Int { filled }

    @inlinable public var keys: LazyMapSequence<Self, Key> { lazy.map { $0.key } }
    @inlinable public var values: LazyMapSequence<Self, Value> { lazy.map { $0.value } }
}
