/// Which files a cache holds and when each was used; pure, for its owner's lock.
struct FileCacheIndex {
    private struct Entry {
        let size: Int64
        /// When this run used it, counted in uses; 0 for not yet.
        let used: UInt64
        /// The time that the file itself has, in ns since the epoch.
        let stamped: Int64
    }

    /// How old a file's own time may grow before it is set anew, in ns.
    static let stampAge: Int64 = 3_600_000_000_000

    let budget: Int64
    private var entries: [String: Entry] = [:]
    private var clock: UInt64 = 0
    private(set) var usage = FileCache.Usage()

    init(budget: Int64) {
        self.budget = budget
    }

    /// Notes a file that is there since an earlier run; one that this run has used is known better.
    mutating func learn(_ name: String, size: Int64, modified: Int64) {
        guard entries[name] == nil else { return }
        // Used before anything of this run, among themselves in the order of their times.
        set(name, Entry(size: size, used: 0, stamped: modified))
    }

    /// Notes a file that was just made.
    mutating func note(_ name: String, size: Int64) {
        clock += 1
        set(name, Entry(size: size, used: clock, stamped: .max))
    }

    /// Notes the use of a file; true when its own time has grown old and is to be set to now.
    mutating func use(_ name: String, size: Int64, modified: Int64, now: Int64) -> Bool {
        clock += 1
        let isDue = now - modified > Self.stampAge
        set(name, Entry(size: size, used: clock, stamped: isDue ? now : modified))
        return isDue
    }

    /// Notes that a file has gone.
    mutating func forget(_ name: String) {
        guard let old = entries.removeValue(forKey: name) else { return }
        usage.files -= 1
        usage.bytes -= old.size
    }

    /// Takes out what is beyond the budget, those files first that were used longest ago, and a tenth more, so that this
    /// is not asked for each new file.
    mutating func overflow() -> [String] {
        guard usage.bytes > budget else { return [] }
        let goal = budget / 10 * 9
        var removed: [String] = []
        for (name, _) in entries.sorted(by: { ($0.value.used, $0.value.stamped) < ($1.value.used, $1.value.stamped) }) {
            guard usage.bytes > goal else { break }
            // A single file larger than the goal, and within the budget, stays.
            guard usage.files > 1 else { break }
            forget(name)
            removed.append(name)
        }
        return removed
    }

    private mutating func set(_ name: String, _ entry: Entry) {
        forget(name)
        entries[name] = entry
        usage.files += 1
        usage.bytes += entry.size
    }
}
