/// Which names were changed since a moment: pure, bounded, for its owner's lock.
///
/// An answer that was asked for before a write says nothing about the time after it. When too many names are known all are
/// forgotten, and every answer asked for before that moment counts as too old.
struct Revisions: Sendable {
    /// A moment, counted in changes.
    typealias Moment = UInt64

    private let capacity: Int
    private var changes: [String: Moment] = [:]
    private(set) var now: Moment = 0
    /// Before this nothing is known.
    private var floor: Moment = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Notes that a name was changed.
    mutating func change(_ name: String) {
        now += 1
        if changes.count >= capacity {
            changes = [:]
            floor = now
        }
        changes[name] = now
    }

    /// Whether none of these names was changed since then.
    func areUnchanged(_ names: [String], since moment: Moment) -> Bool {
        moment >= floor && names.allSatisfy { changes[$0, default: 0] <= moment }
    }
}
