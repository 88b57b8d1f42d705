import Synchronization

/// The keys whose current object is on disk in the intents only, for all that is known, with the segment of the line.
///
/// A key is added and looked up under its lock.
final class LoggedKeys: Sendable {
    private let segments = Mutex<[ObjectFiles.Target: Int64]>([:])

    /// Whether the object of this key may be on disk in the intents only.
    func contains(_ target: ObjectFiles.Target) -> Bool {
        segments.withLock { $0[target] != nil }
    }

    /// Adds a key whose line is in this segment.
    func insert(_ target: ObjectFiles.Target, segment: Int64) {
        segments.withLock { $0[target] = segment }
    }

    /// Removes a key whose object is on disk by itself.
    func remove(_ target: ObjectFiles.Target) {
        segments.withLock { $0[target] = nil }
    }

    /// Removes the keys whose lines were in segments that are gone.
    func remove(below number: Int64) {
        segments.withLock { segments in
            guard segments.contains(where: { $0.value < number }) else { return }
            segments = segments.filter { $0.value >= number }
        }
    }
}
