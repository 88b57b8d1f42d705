import Glibc

/// Holds a storage root for a command that works on it while no server does.
package final class RootLock: Sendable {
    private let file: FileDescriptor

    /// Takes the lock of an existing root; given back when this object goes.
    ///
    /// - Throws: `StorageError` that names the holder when another process uses the root, or what cannot be opened.
    package init(root path: String) throws {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StorageError.lastSystemError("open the storage root \(path)") }
        file = try StorageRoot.takeLock(FileDescriptor(taking: descriptor), root: path)
    }
}
