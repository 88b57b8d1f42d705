import S3Protocol

/// What is believed for a short time: pure, bounded, for its owner's lock.
struct RecentAnswers<Value: Sendable>: Sendable {
    private let capacity: Int
    private var known: [String: (value: Value, until: Timestamp)] = [:]

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// How many are known, some of them perhaps no longer believed.
    var count: Int { known.count }

    /// What is known under a name, as long as it is believed.
    func value(_ name: String, at now: Timestamp) -> Value? {
        guard let found = known[name], now < found.until else { return nil }
        return found.value
    }

    /// Believes something for so many seconds; 0 for not at all.
    mutating func note(_ value: Value, as name: String, for seconds: Int64, at now: Timestamp) {
        guard seconds > 0 else { return }
        if known.count >= capacity { makeRoom(at: now) }
        known[name] = (value, now.advanced(bySeconds: seconds))
    }

    /// Forgets what is known under a name.
    mutating func forget(_ name: String) { known[name] = nil }

    /// Forgets everything.
    mutating func forgetAll() { known = [:] }

    /// Forgets what is no longer believed, and all when that is too little.
    private mutating func makeRoom(at now: Timestamp) {
        known = known.filter { now < $0.value.until }
        if known.count >= capacity / 8 * 7 { known = [:] }
    }
}
