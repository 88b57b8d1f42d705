import S3Protocol
import Synchronization

/// Gives each write its place in the order of all writes: the clock in ns, but never the same or a lower one twice.
///
/// A clock that is set back does not turn the order round: then each write gets the last number and one more until the
/// clock has caught up. What a restart has to know stands in the index (`checkpoint`) and in the records themselves.
final class SequenceClock: Sendable {
    private let last: Mutex<Int64>

    /// A clock that goes on behind `last`.
    init(after last: Int64) {
        self.last = Mutex(last)
    }

    /// The number of a write at this time, above all that were given or observed, and above `other`.
    func next(_ now: Timestamp, after other: Int64 = 0) -> Int64 {
        last.withLock { last in
            last = max(now.nanoseconds, last + 1, other + 1)
            return last
        }
    }

    /// From now on only higher numbers are given: this one was found in a record.
    func observe(_ sequence: Int64) {
        last.withLock { $0 = max($0, sequence) }
    }

    /// The highest number so far.
    var highest: Int64 { last.withLock { $0 } }
}
