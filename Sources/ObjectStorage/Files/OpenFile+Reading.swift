import CLinux
package import NIOCore

extension OpenFile {
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
