import CLinux
import Glibc
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

    private struct State {
        var paths: [Int32: String] = [:]
        var watches: [String: Int32] = [:]
        /// Changes of our own whose events have not come yet, by path.
        var expected: [String: Int] = [:]
    }

    private static let eventsAtOnce = 1_024

    private let root: FileDescriptor
    private let queue: FileDescriptor
    private let stop: (read: FileDescriptor, write: FileDescriptor)
    private let capacity: Int
    private let state = Mutex(State())

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
        let isNew = state.withLock { $0.watches[path] == nil && $0.watches.count < capacity }
        guard isNew, let directory = try? root.openDirectory(path) else { return false }
        return state.withLock { state in
            // Under the lock, so that no event comes before its path is known.
            let watch = clinux_watch_add(queue.number, directory.number)
            guard watch >= 0 else { return false }
            state.paths[watch] = path
            state.watches[path] = watch
            return true
        }
    }

    /// The store is about to change a name itself: the next event of it is dropped.
    func expect(_ name: String, in directory: String) {
        state.withLock { state in
            guard state.watches[directory] != nil else { return }
            state.expected["\(directory)/\(name)", default: 0] += 1
        }
    }

    /// The change did not happen.
    func unexpect(_ name: String, in directory: String) {
        state.withLock { _ = Self.take("\(directory)/\(name)", &$0) }
    }

    /// Waits for what happens; blocks, so only on a thread of its own.
    func next() throws -> Batch {
        var events = [clinux_watch_event](repeating: clinux_watch_event(), count: Self.eventsAtOnce)
        let count = clinux_watch_next(queue.number, stop.read.number, &events, events.count)
        guard count >= 0 else { throw StorageError.lastSystemError("read what happened in watched directories") }
        guard count > 0 else { return .stopped }
        return state.withLock { state in
            guard !events[..<Int(count)].contains(where: { $0.mask & clinux_watch_lost.rawValue != 0 }) else {
                state.expected = [:]
                return .overflow
            }
            return .events(events[..<Int(count)].compactMap { Self.event($0, &state) })
        }
    }

    /// Has `next` return.
    func end() {
        _ = write(stop.write.number, "x", 1)
    }

    private static func event(_ found: clinux_watch_event, _ state: inout State) -> Event? {
        guard let directory = state.paths[found.watch] else { return nil }
        if found.mask & clinux_watch_gone.rawValue != 0 {
            state.paths[found.watch] = nil
            if state.watches[directory] == found.watch { state.watches[directory] = nil }
            return nil
        }
        guard let name = name(of: found) else { return nil }
        let path = "\(directory)/\(name)"
        guard !take(path, &state) else { return nil }
        let isDirectory = found.mask & clinux_watch_directory.rawValue != 0
        return kind(of: found.mask).map { Event(path: path, kind: $0, isDirectory: isDirectory) }
    }

    private static func kind(of mask: UInt32) -> Event.Kind? {
        if mask & (clinux_watch_written.rawValue | clinux_watch_came.rawValue) != 0 { return .appeared }
        if mask & (clinux_watch_removed.rawValue | clinux_watch_left.rawValue) != 0 { return .vanished }
        return mask & clinux_watch_made.rawValue != 0 ? .made : nil
    }

    private static func name(of event: clinux_watch_event) -> String? {
        withUnsafeBytes(of: event.name) { bytes in
            String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    private static func take(_ path: String, _ state: inout State) -> Bool {
        guard let count = state.expected[path] else { return false }
        state.expected[path] = count > 1 ? count - 1 : nil
        return true
    }
}
