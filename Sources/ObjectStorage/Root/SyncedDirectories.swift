import Synchronization

/// The directories, by path below the root, whose own entry in their parent is known to be on disk.
///
/// Bounded: forgets everything beyond `capacity`, which costs syncs and nothing else.
final class SyncedDirectories: Sendable {
    private let capacity = 65_536
    // As bytes: two paths that Swift's strings hold for equal are two directories.
    private let paths = Mutex<Set<Path>>([])

    /// A path, or the beginning of one, hashed at once; a slice hashes byte by byte.
    private struct Path: Hashable {
        let bytes: ArraySlice<UInt8>

        init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

        init(_ path: String) { bytes = Array(path.utf8)[...] }

        func hash(into hasher: inout Hasher) {
            bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    /// Whether the entry of this directory is on disk.
    func contains(_ path: String) -> Bool {
        paths.withLock { $0.contains(Path(path)) }
    }

    /// Whether the entries of a directory and of all its ancestors are on disk, but for the first two names of the path,
    /// which are made with the root or with a bucket.
    func containsAll(upTo path: String) -> Bool {
        let bytes = Array(path.utf8)
        var slashes = bytes.indices.filter { bytes[$0] == UInt8(ascii: "/") }
        slashes.append(bytes.count)
        return paths.withLock { paths in slashes.dropFirst(2).allSatisfy { paths.contains(Path(bytes[..<$0])) } }
    }

    /// Remembers a directory after its parent was synced.
    func insert(_ path: String) {
        paths.withLock { paths in
            if paths.count >= capacity { paths = [] }
            paths.insert(Path(path))
        }
    }

    /// Forgets a directory before it is removed, and when it was just made.
    func remove(_ path: String) {
        paths.withLock { _ = $0.remove(Path(path)) }
    }
}
