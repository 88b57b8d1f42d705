import Synchronization

/// Records by the raw bytes of the attribute they were read from, so that a record read twice is parsed once.
///
/// Bounded: two generations of `capacity` entries; what was not used during one of them goes.
final class RecordCache: Sendable {
    /// The bytes of an attribute, hashed at once; an array does it one by one.
    private struct Attribute: Hashable {
        let bytes: [UInt8]

        func hash(into hasher: inout Hasher) {
            bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    private struct Generations {
        var young: [Attribute: ObjectRecord] = [:]
        var old: [Attribute: ObjectRecord] = [:]
    }

    private let capacity: Int
    private let generations = Mutex(Generations())

    /// An empty cache.
    init(capacity: Int = 8_192) {
        self.capacity = capacity
    }

    /// The record of these bytes, if it is remembered.
    func record(for bytes: [UInt8]) -> ObjectRecord? {
        let attribute = Attribute(bytes: bytes)
        return generations.withLock { generations in
            if let record = generations.young[attribute] { return record }
            guard let record = generations.old[attribute] else { return nil }
            insert(record, attribute, &generations)
            return record
        }
    }

    /// Remembers the record of these bytes.
    func insert(_ record: ObjectRecord, for bytes: [UInt8]) {
        generations.withLock { insert(record, Attribute(bytes: bytes), &$0) }
    }

    /// Forgets the record of these bytes.
    func remove(_ bytes: [UInt8]) {
        generations.withLock { generations in
            generations.young[Attribute(bytes: bytes)] = nil
            generations.old[Attribute(bytes: bytes)] = nil
        }
    }

    /// How many entries there are.
    var count: Int { generations.withLock { $0.young.count + $0.old.count } }

    private func insert(_ record: ObjectRecord, _ attribute: Attribute, _ generations: inout Generations) {
        if generations.young.count >= capacity {
            generations.old = generations.young
            generations.young = [:]
        }
        generations.young[attribute] = record
    }
}
