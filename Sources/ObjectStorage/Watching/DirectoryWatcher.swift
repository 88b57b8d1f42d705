import CLinux
import Glibc
import S3Protocol
import Synchronization

/// Watches directories of buckets for what is done to their files by hand (inotify(7)).
///
/// Best effort: at most `capacity` directories, and the kernel may lose events under load; scans find the rest. What the
/// store does itself is announced by `expect` and does not come back as an event.
final class DirectoryWatcher: Sendable {
    /// Something that was done to a name.
    struct Event: Sendable {
        /// What.
        enum Kind: Sendable {
            /// A file was written or moved there, or a directory came.
            case appeared
            /// A name was made; a file may be written to still.
            case made
            /// A name was removed or moved away.
            case vanished
        }

        /// The path below the root.
        let path: String
        let kind: Kind
        let isDirectory: Bool
    }

    /// What a call of `next` gives.
    enum Batch: Sendable {
        case events([Event])
        /// So much happened that some of it was lost.
        case overflow
        case stopped
    }

    /// Changes of our own to one name whose events have not come yet.
    ///
    /// The kernel merges equal events that nobody has read, so some never come: what is left is forgotten in the end.
    private struct Expectation {
        var count: Int
        var end: ContinuousClock.Instant
    }

    /// A name in a watched directory.
    private struct Name: Hashable {
        let watch: Int32
        let bytes: [UInt8]

        func hash(into hasher: inout Hasher) {
            hasher.combine(watch)
            bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    // By the bytes of paths: two that Swift's strings hold for equal are two directories.
    private struct State {
        var paths: [Int32: String] = [:]
        var watches: [ByteName: Int32] = [:]
        var expected: [Name: Expectation] = [:]
        /// The names of the events that are looked at, as far as they were expected.
        var taken: [Name] = []

        mutating func forget(_ watch: Int32) {
            guard let path = paths.removeValue(forKey: watch) else { return }
            let name = ByteName(path)
            if watches[name] == watch { watches[name] = nil }
        }
    }

    private static let patience = Duration.seconds(1)
    private static let mostExpected = 4_096

    private static let eventsAtOnce = 1_024

    private let root: FileDescriptor
    private let queue: FileDescriptor
    private let stop: (read: FileDescriptor, write: FileDescriptor)
    private let capacity: Int
    private let state = Mutex(State())
    /// Where `next` has the kernel's answer put: too large to be made for each call.
    private let found = Mutex([clinux_watch_event](repeating: clinux_watch_event(), count: eventsAtOnce))

    /// - Throws: `StorageError` when the kernel gives no queue.
    init(root: FileDescriptor, capacity: Int) throws {
        self.root = root
        self.capacity = capacity
        let descriptor = clinux_watch_open()
        guard descriptor >= 0 else { throw StorageError.lastSystemError("watch directories") }
        queue = FileDescriptor(taking: descriptor)
        var ends: [CInt] = [0, 0]
        guard pipe(&ends) == 0 else { throw StorageError.lastSystemError("watch directories") }
        stop = (FileDescriptor(taking: ends[0]), FileDescriptor(taking: ends[1]))
    }

    /// How many directories are watched.
    var count: Int { state.withLock { $0.watches.count } }

    /// How many changes of the store's own have not come back as events yet.
    var expectedCount: Int { state.withLock { $0.expected.count } }

    /// Watches a directory; false when it is not there or no more can be watched.
    @discardableResult
    func watch(_ path: String) -> Bool {
        let key = ByteName(path)
        guard state.withLock({ $0.watches[key] != nil || $0.watches.count < capacity }),
            let directory = try? root.openDirectory(path)
        else { return false }
        return state.withLock { state in
            // Under the lock, so that no event comes before its path is known; again for one that was moved or made anew.
            let watch = clinux_watch_add(queue.number, directory.number)
            guard watch >= 0 else { return false }
            if state.paths[watch] != path { state.forget(watch) }
            if let old = state.watches[key], old != watch { state.paths[old] = nil }
            state.paths[watch] = path
            state.watches[key] = watch
            return true
        }
    }

    /// Ends the watching of a directory that was moved away, and of those below it.
    func forget(_ path: String) {
        let below = Array("\(path)/".utf8)
        state.withLock { state in
            let gone = state.paths.filter {
                $0.value.utf8.elementsEqual(path.utf8) || $0.value.utf8.starts(with: below)
            }
            for watch in gone.keys {
                state.forget(watch)
                _ = clinux_watch_remove(queue.number, watch)
            }
        }
    }

    /// The store is about to change a name itself: the next event of it is dropped, if it comes within a second.
    func expect(_ name: String, in directory: String) {
        state.withLock { state in
            guard let watch = state.watches[ByteName(directory)] else { return }
            let (name, now) = (Name(watch: watch, bytes: Array(name.utf8)), ContinuousClock.now)
            let count = state.expected[name].map { $0.end < now ? 0 : $0.count } ?? 0
            state.expected[name] = Expectation(count: count + 1, end: now + Self.patience)
            if state.expected.count > Self.mostExpected { Self.purge(&state) }
        }
    }

    /// Forgets what was expected and has not come in time.
    func purge() {
        state.withLock { Self.purge(&$0) }
    }

    private static func purge(_ state: inout State) {
        let now = ContinuousClock.now
        state.expected = state.expected.filter { $0.value.end >= now }
    }

    /// The change did not happen.
    func unexpect(_ name: String, in directory: String) {
        state.withLock { state in
            guard let watch = state.watches[ByteName(directory)] else { return }
            _ = Self.take(Name(watch: watch, bytes: Array(name.utf8)), .now, &state)
        }
    }

    /// Waits for what happens; blocks, so only on a thread of its own.
    func next() throws -> Batch {
        try found.withLock { events in
            let count = clinux_watch_next(queue.number, stop.read.number, &events, events.count)
            guard count >= 0 else { throw StorageError.lastSystemError("read what happened in watched directories") }
            guard count > 0 else { return .stopped }
            return events.withUnsafeBufferPointer { batch($0.prefix(Int(count))) }
        }
    }

    private func batch(_ events: Slice<UnsafeBufferPointer<clinux_watch_event>>) -> Batch {
        state.withLock { state in
            guard !events.contains(where: { $0.mask & clinux_watch_lost.rawValue != 0 }) else {
                state.expected = [:]
                return .overflow
            }
            let now = ContinuousClock.now
            let foreign = events.compactMap { Self.event($0, now, &state) }
            // The kernel makes one event of changes of a name that come close together: no more of them are to come.
            for name in state.taken { state.expected[name] = nil }
            state.taken.removeAll(keepingCapacity: true)
            return .events(foreign)
        }
    }

    /// Has `next` return.
    func end() {
        _ = write(stop.write.number, "x", 1)
    }

    private static func event(
        _ found: clinux_watch_event,
        _ now: ContinuousClock.Instant,
        _ state: inout State
    ) -> Event? {
        guard let directory = state.paths[found.watch] else { return nil }
        if found.mask & clinux_watch_gone.rawValue != 0 {
            state.forget(found.watch)
            return nil
        }
        let bytes = withUnsafeBytes(of: found.name) { Array($0.prefix { $0 != 0 }) }
        guard !take(Name(watch: found.watch, bytes: bytes), now, &state) else { return nil }
        guard let name = String(validating: bytes, as: UTF8.self) else { return nil }
        let path = "\(directory)/\(name)"
        let isDirectory = found.mask & clinux_watch_directory.rawValue != 0
        return kind(of: found.mask).map { Event(path: path, kind: $0, isDirectory: isDirectory) }
    }

    private static func kind(of mask: UInt32) -> Event.Kind? {
        if mask & (clinux_watch_written.rawValue | clinux_watch_came.rawValue) != 0 { return .appeared }
        if mask & (clinux_watch_removed.rawValue | clinux_watch_left.rawValue) != 0 { return .vanished }
        return mask & clinux_watch_made.rawValue != 0 ? .made : nil
    }

    private static func take(_ name: Name, _ now: ContinuousClock.Instant, _ state: inout State) -> Bool {
        guard let found = state.expected[name] else { return false }
        state.taken.append(name)
        state.expected[name] = found.count > 1 ? Expectation(count: found.count - 1, end: found.end) : nil
        return found.end >= now
    }
}
