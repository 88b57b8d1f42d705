import CLinux
import Glibc
import Synchronization

/// The segment of the intent log that lines are appended to; used by one thread at a time, which it blocks.
///
/// Its file is filled with zeros ahead of the lines as soon as there are many. A sync of bytes that replace others changes
/// neither the file's length nor its blocks, so that a file system with a journal has nothing to commit.
final class IntentSegment: Sendable {
    private struct Extent {
        /// Where the lines end.
        var end: Int64 = 0
        /// Where the zeros behind them end.
        var filled: Int64 = 0
        /// Not after zeros could not be written: the disk may be full, and lines need the space more.
        var isFilledAhead: Bool
    }

    /// How many bytes of lines a segment has before anything is filled: a server with little to do writes no zeros.
    static let fillsFrom: Int64 = 64 * 1024
    /// The most bytes that are filled at a time: as many as there are lines, up to this.
    static let longestFill: Int64 = 1024 * 1024

    private static let zeros = [UInt8](repeating: 0, count: Int(longestFill))

    /// Its number.
    let number: Int64
    private let file: FileDescriptor
    private let extent: Mutex<Extent>

    /// A segment in this file, which is empty.
    init(_ number: Int64, in file: FileDescriptor, isFilledAhead: Bool) {
        (self.number, self.file) = (number, file)
        extent = Mutex(Extent(isFilledAhead: isFilledAhead))
    }

    /// Appends lines; returns how many of their bytes were written, which `takeBack` has to remove if they are not all.
    ///
    /// - Throws: `StorageError`; then nothing was written.
    func append(_ text: [UInt8]) throws -> Int {
        try extent.withLock { extent in
            let count = text.withUnsafeBytes { pwrite(file.number, $0.baseAddress, $0.count, Int(extent.end)) }
            guard count >= 0 else { throw StorageError.lastSystemError("write an intent") }
            extent.end += Int64(count)
            if count == text.count { fill(&extent) }
            return count
        }
    }

    /// Cuts the last bytes off, and the zeros behind them.
    func takeBack(_ count: Int) throws {
        try extent.withLock { extent in
            extent.end -= Int64(count)
            extent.filled = extent.end
            try file.truncate(to: extent.end)
        }
    }

    /// Waits until all lines are on disk.
    func sync() throws { try file.syncData("the intents") }

    /// Behind the lines, once they are written: zeros must not take the last space from them.
    private func fill(_ extent: inout Extent) {
        guard extent.isFilledAhead, extent.end > max(extent.filled, Self.fillsFrom) else { return }
        let length = min(extent.end, Self.longestFill)
        let result = Self.zeros.withUnsafeBytes {
            clinux_write_fully(file.number, $0.baseAddress, Int(length), extent.end)
        }
        if result == 0 {
            extent.filled = extent.end + length
        } else {
            extent.isFilledAhead = false
            // They are harmless; it only gives their space back.
            try? file.truncate(to: extent.end)
        }
    }
}
