import Synchronization

/// Records by the raw bytes of the attribute they were read from, so that a record read twice is parsed once.
///
/// Bounded: two generations of `capacity` entries; what was not used during one of them goes.
final class RecordCache: Sendable {
    private struct Generations {
        var young: [[UInt8]: ObjectRecord] = [:]
        var old: [[UInt8]: ObjectRecord] = [:]
    }

    private let capacity: Int
    private let generations = Mutex(Generations())

    /// An empty cache.
    init(capacity: Int = 8_192) {
        self.capacity = capacity
    }

    /// The record of these bytes, if it is remembered.
    func record(for bytes: [UInt8]) -> ObjectRecord? {
        generations.withLock { generations in
            if let record = generations.young[bytes] { return record }
            guard let record = generations.old[bytes] else { return nil }
            insert(record, bytes, &generations)
            return record
        }
    }

    /// Remembers the record of these bytes.
    func insert(_ record: ObjectRecord, for bytes: [UInt8]) {
        generations.withLock { insert(record, bytes, &$0) }
    }

    /// Forgets the record of these bytes.
    func remove(_ bytes: [UInt8]) {
        generations.withLock { generations in
            generations.young[bytes] = nil
            generations.old[bytes] = nil
        }
    }

    /// How many entries there are.
    var count: Int { generations.withLock { $0.young.count + $0.old.count } }

    private func insert(_ record: ObjectRecord, _ bytes: [UInt8], _ generations: inout Generations) {
        if generations.young.count >= capacity {
            generations.old = generations.young
            generations.young = [:]
        }
        generations.young[bytes] = record
    }
}
