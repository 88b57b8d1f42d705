import CLinux
import Glibc

/// A file opened for reading; closed when the last reference goes.
package final class OpenFile: Sendable {
    private let descriptor: FileDescriptor
    /// The length when it was opened, which its record agrees with.
    package let size: Int64

    init(_ descriptor: FileDescriptor, size: Int64) {
        self.descriptor = descriptor
        self.size = size
    }

    /// The descriptor, valid as long as this object lives; read it by offset (`pread`, `sendfile`) only.
    package var fileDescriptor: CInt { descriptor.number }

    /// Whether all of this range is in memory, so that reading it does not wait for the disk.
    ///
    /// Takes microseconds for a MiB and never blocks: made for an event loop. False when it cannot be told.
    package func isResident(offset: Int64, length: Int64) -> Bool {
        let end = min(size, offset + length)
        guard offset < end else { return true }
        return clinux_is_resident(descriptor.number, offset, end - offset) == 1
    }

    /// Reads this range into memory; blocks, so only on the blocking pool.
    package func prefetch(offset: Int64, length: Int64) throws {
        let end = min(size, offset + length)
        guard offset < end else { return }
        guard clinux_prefetch(descriptor.number, offset, end - offset) == 0 else {
            throw StorageError.lastSystemError("read a file")
        }
    }

    /// The length now, which is another than `size` when somebody truncated the file by hand.
    package func currentSize() throws -> Int64 {
        try descriptor.facts().size
    }
}
