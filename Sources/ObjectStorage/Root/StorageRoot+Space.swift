import CLinux
import Glibc
import Synchronization

extension StorageRoot {
    // Room for the index's log and its checkpoint at least.
    private static let reserves: ClosedRange<UInt64> = (8 << 20)...(256 << 20)

    /// How much room there is.
    func space() throws -> (free: UInt64, total: UInt64, isReadOnly: Bool) {
        var space = clinux_space()
        guard clinux_space_of(directory.number, &space) == 0 else {
            throw StorageError.lastSystemError("ask for free space")
        }
        return (space.free_bytes, space.total_bytes, space.is_read_only != 0)
    }

    /// Keeps this much of the disk free of uploads; nil for a fiftieth of it, 8 to 256 MiB.
    func keepFree(_ bytes: UInt64?) throws {
        reserve.set(try bytes ?? Self.standardReserve(ofTotal: space().total))
    }

    /// What is kept free of a file system of so many bytes unless it is set.
    static func standardReserve(ofTotal total: UInt64) -> UInt64 {
        min(max(total / 50, reserves.lowerBound), reserves.upperBound)
    }

    /// Waits until everything on the root's file system is on disk.
    ///
    /// One at a time: the kernel tells of an error once, and who comes next has to find the root read-only.
    func syncEverything() throws {
        try syncing.withLock { _ in
            guard clinux_sync_file_system(directory.number) != 0 else { return }
            let error = StorageError.lastSystemError("sync the file system")
            makeReadOnly(because: error.message)
            throw error
        }
    }
}
