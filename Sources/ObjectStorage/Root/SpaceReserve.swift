import CLinux
import Glibc
import Synchronization

/// Keeps some of the disk free: uploads are refused before it is full, so that deletes, the index, the intents and the
/// records still have room.
///
/// Asks the file system at most ten times a second.
final class SpaceReserve: Sendable {
    fileprivate static let maximumAge: Int64 = 100_000_000

    private struct State {
        var reserve: UInt64 = 0
        var asked: Int64 = -SpaceReserve.maximumAge
        var free: UInt64 = .max
    }

    private let state = Mutex(State())

    /// Keeps this many bytes free from now on.
    func set(_ bytes: UInt64) {
        state.withLock { $0.reserve = bytes }
    }

    /// Throws `StorageError.Code.noSpace` when fewer bytes are free than have to be; blocks at times.
    func check(_ directory: FileDescriptor) throws {
        let now = Self.uptime()
        let (reserve, isDue) = state.withLock { state in
            let isDue = state.reserve > 0 && now - state.asked >= Self.maximumAge
            if isDue { state.asked = now }
            return (state.reserve, isDue)
        }
        if isDue { try ask(directory) }
        let free = state.withLock { $0.free }
        guard reserve > 0, free < reserve else { return }
        throw StorageError(
            .noSpace,
            "\(free) bytes are free on the storage root's file system and \(reserve) are kept for deletes and for the "
                + "server itself; free space, or lower limits.free_bytes"
        )
    }

    private func ask(_ directory: FileDescriptor) throws {
        var space = clinux_space()
        guard clinux_space_of(directory.number, &space) == 0 else {
            throw StorageError.lastSystemError("ask for free space")
        }
        state.withLock { $0.free = space.free_bytes }
    }

    private static func uptime() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
