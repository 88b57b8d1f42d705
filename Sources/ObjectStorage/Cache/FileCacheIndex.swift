/// Which files a cache holds and when each was used; pure, for its owner's lock.
///
/// A segmented LRU: a file is on probation until it is used once more, and what goes are files on probation, so that one pass
/// over many files leaves those alone that are used again and again. These have four fifths of the budget.
struct FileCacheIndex {
    private struct Entry {
        var size: Int64
        /// When this run used it, counted in uses; 0 for not yet.
        var used: UInt64
        /// The time that the file itself has, in ns since the epoch.
        var stamped: Int64
        var isProtected = false
    }

    /// How old a file's own time may grow before it is set anew, in ns.
    static let stampAge: Int64 = 3_600_000_000_000

    let budget: Int64
    let maximumFiles: Int
    private var entries: [String: Entry] = [:]
    private var clock: UInt64 = 0
    private var protectedBytes: Int64 = 0
    private(set) var usage = FileCache.Usage()

    init(budget: Int64, maximumFiles: Int = .max) {
        self.budget = budget
        self.maximumFiles = maximumFiles
    }

    /// Whether there is more than there should be.
    var isTooLarge: Bool { usage.bytes > budget || usage.files > maximumFiles }

    /// Whether a file of this name is there, as far as is known.
    func contains(_ name: String) -> Bool { entries[name] != nil }

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
        let isDue = now - modified > Self.stampAge
        let known = entries[name] != nil
        clock += 1
        set(name, Entry(size: size, used: clock, stamped: isDue ? now : modified, isProtected: known))
        return isDue
    }

    /// Notes the use of a file that is known.
    mutating func use(_ name: String) {
        guard var entry = entries[name] else { return }
        clock += 1
        entry.used = clock
        entry.isProtected = true
        set(name, entry)
    }

    /// Notes that a file that is known has so many bytes more.
    mutating func grow(_ name: String, by bytes: Int64) {
        guard var entry = entries[name] else { return }
        entry.size += bytes
        set(name, entry)
    }

    /// Notes that a file has gone.
    mutating func forget(_ name: String) {
        guard let old = entries.removeValue(forKey: name) else { return }
        usage.files -= 1
        usage.bytes -= old.size
        if old.isProtected { protectedBytes -= old.size }
    }

    /// Takes out what is beyond the budget, those files on probation first that were used longest ago, and a tenth more, so
    /// that this is not asked for each new file.
    mutating func overflow() -> [String] {
        guard isTooLarge else { return [] }
        let (goal, count) = (budget / 10 * 9, maximumFiles / 10 * 9)
        let names = entries.sorted { ($0.value.used, $0.value.stamped) < ($1.value.used, $1.value.stamped) }.map(\.key)
        unprotect(names)
        var removed: [String] = []
        for mayBeProtected in [false, true] {
            for name in names where entries[name]?.isProtected == mayBeProtected {
                guard usage.bytes > goal || usage.files > count else { return removed }
                // A single file larger than the goal, and within the budget, stays.
                guard usage.files > 1 else { return removed }
                forget(name)
                removed.append(name)
            }
        }
        return removed
    }

    /// Puts those back on probation that were used longest ago and are more than the others leave room for.
    private mutating func unprotect(_ names: [String]) {
        var protectedFiles = entries.values.count(where: \.isProtected)
        for name in names where entries[name]?.isProtected == true {
            guard protectedBytes > budget / 5 * 4 || protectedFiles > maximumFiles / 5 * 4 else { return }
            guard var entry = entries[name] else { continue }
            entry.isProtected = false
            set(name, entry)
            protectedFiles -= 1
        }
    }

    private mutating func set(_ name: String, _ entry: Entry) {
        forget(name)
        entries[name] = entry
        usage.files += 1
        usage.bytes += entry.size
        if entry.isProtected { protectedBytes += entry.size }
    }
}
