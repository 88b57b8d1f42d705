import CLinux
package import NIOCore

extension OpenFile {
    /// The bytes of a range when all of them are there and in memory, else nil.
    ///
    /// One system call that never waits for the disk: made for an event loop.
    package func readIfResident(_ range: Range<Int64>) -> ByteBuffer? {
        guard !range.isEmpty else { return ByteBuffer() }
        var buffer = ByteBuffer()
        let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: range.count) { bytes in
            max(0, clinux_read_resident(fileDescriptor, bytes.baseAddress, range.count, range.lowerBound))
        }
        return count == range.count ? buffer : nil
    }

    /// The bytes of a range, fewer where the file ends.
    ///
    /// Blocks: for the pool only.
    ///
    /// - Throws: `StorageError` when the disk fails.
    package func read(offset: Int64, length: Int) throws -> ByteBuffer {
        var buffer = ByteBuffer()
        let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: length) { bytes in
            max(0, clinux_read_fully(fileDescriptor, bytes.baseAddress, length, offset))
        }
        guard count < length else { return buffer }
        guard try currentSize() < offset + Int64(length) else {
            throw StorageError.lastSystemError("read an object's file")
        }
        return buffer
    }
}
