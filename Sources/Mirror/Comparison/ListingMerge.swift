package import S3Protocol

/// Goes through two listings in the order of their keys and tells on which sides each key is: pure.
///
/// Pages are added as they are asked for, so that memory holds one of each side.
package struct ListingMerge: Sendable {
    /// What a listing tells of an object.
    package struct Item: Sendable, Equatable {
        /// The key.
        package let key: ObjectKey
        /// Bytes of the content.
        package let size: Int64
        /// The entity tag.
        package let etag: String

        /// An item of these parts.
        package init(key: ObjectKey, size: Int64, etag: String) {
            self.key = key
            self.size = size
            self.etag = etag
        }
    }

    /// A side of the comparison.
    package enum Side: Sendable, Equatable {
        /// Objects here.
        case here
        /// Objects at the remote.
        case there
    }

    /// What comes next.
    package enum Step: Sendable, Equatable {
        /// The next page of a side has to be added first.
        case read(Side)
        /// A key is on both sides.
        case both(here: Item, there: Item)
        /// A key is only here.
        case onlyHere(Item)
        /// A key is only there.
        case onlyThere(Item)
        /// There are no more keys.
        case end
    }

    private struct Queue: Sendable {
        var items: ArraySlice<Item> = []
        var isLast = false
    }

    private var here = Queue()
    private var there = Queue()

    /// A merge of two listings that nothing is known of yet.
    package init() {}

    /// Adds the next page of a side; `isLast` says that no other follows.
    package mutating func add(_ page: [Item], to side: Side, isLast: Bool) {
        let queue = Queue(items: page[...], isLast: isLast)
        switch side {
        case .here: here = queue
        case .there: there = queue
        }
    }

    /// Takes the next step.
    package mutating func next() -> Step {
        if here.items.isEmpty, !here.isLast { return .read(.here) }
        if there.items.isEmpty, !there.isLast { return .read(.there) }
        guard let own = here.items.first else {
            return there.items.popFirst().map(Step.onlyThere) ?? .end
        }
        guard let other = there.items.first, !own.key.utf8.lexicographicallyPrecedes(other.key.utf8) else {
            here.items.removeFirst()
            return .onlyHere(own)
        }
        there.items.removeFirst()
        guard own.key == other.key else { return .onlyThere(other) }
        here.items.removeFirst()
        return .both(here: own, there: other)
    }
}
