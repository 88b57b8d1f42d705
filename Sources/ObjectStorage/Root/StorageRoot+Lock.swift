import Glibc
import S3Protocol

extension StorageRoot {
    /// How long a root is waited for whose holder is dead, in steps of a hundredth of a second.
    private static let lastBreaths = 300

    /// Takes the root's lock and writes this process's number into it.
    ///
    /// A server that is killed while it starts a worker leaves the lock to that worker until it runs its own program: a
    /// moment, but a supervisor's restart can fall into it. So a holder that is dead is waited for, up to 3 s.
    ///
    /// - Throws: `StorageError` that names the holder when another process uses the root.
    static func takeLock(_ root: FileDescriptor, root path: String) throws -> FileDescriptor {
        let lock = try root.openExisting(".larder/lock", O_RDWR | O_CREAT)
        var waits = 0
        while flock(lock.number, LOCK_EX | LOCK_NB) != 0 {
            let holder = ByteText.trimmed(String(decoding: (try? lock.readAll(limit: 32)) ?? [], as: UTF8.self))
            guard isGone(holder), waits < lastBreaths else { throw inUse(path, by: holder) }
            waits += 1
            usleep(10_000)
        }
        guard ftruncate(lock.number, 0) == 0 else { throw StorageError.lastSystemError("write the root's lock") }
        try Array("\(getpid())\n".utf8).withUnsafeBytes { try lock.write($0, at: 0) }
        return lock
    }

    private static func isGone(_ holder: String) -> Bool {
        guard let process = pid_t(holder), process > 0 else { return false }
        return kill(process, 0) != 0 && errno == ESRCH
    }

    private static func inUse(_ path: String, by holder: String) -> StorageError {
        let name = isGone(holder) ? "a process that \(holder), now gone, has started" : "process \(holder)"
        return StorageError(
            .inUse,
            "the storage root \(path) is in use by \(name); stop it, or choose another root with --storage"
        )
    }
}
