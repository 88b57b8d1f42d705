import CLinux
import Glibc
import Synchronization

/// Keeps some of the disk free: uploads are refused before it is full, so that deletes, the index, the intents and the
/// records still have room.
///
/// Asks the file system ten times a second, and counts itself in between.
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

    /// Counts bytes that are about to be written; throws `StorageError.Code.noSpace` when they would not leave enough.
    ///
    /// Blocks at times: asks the file system when the last answer is old, and again before it refuses.
    func take(_ bytes: Int, in directory: FileDescriptor) throws {
        guard try !hasRoom(for: bytes, in: directory, maximumAge: Self.maximumAge) else { return }
        guard try !hasRoom(for: bytes, in: directory, maximumAge: 0) else { return }
        let (reserve, free) = state.withLock { ($0.reserve, $0.free) }
        throw StorageError(
            .noSpace,
            "\(free) bytes are free on the storage root's file system and \(reserve) are kept for deletes and for the "
                + "server itself; free space, or lower limits.free_bytes"
        )
    }

    private func hasRoom(for bytes: Int, in directory: FileDescriptor, maximumAge: Int64) throws -> Bool {
        let now = Self.uptime()
        let isDue = state.withLock { state in
            guard state.reserve > 0, now - state.asked >= maximumAge else { return false }
            state.asked = now
            return true
        }
        if isDue { try ask(directory) }
        return state.withLock { state in
            guard state.reserve > 0 else { return true }
            guard state.free >= state.reserve, state.free - state.reserve >= UInt64(bytes) else { return false }
            // What others write meanwhile is seen the next time that the file system is asked.
            state.free -= UInt64(bytes)
            return true
        }
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
