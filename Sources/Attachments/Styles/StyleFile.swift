import Glibc
import Imaging
import NIOCore

/// The file that a worker left a style in.
///
/// It lies in memory, so reading it waits for no disk.
/// Workers decode what strangers sent: what they say of their results is not believed.
enum StyleFile {
    /// The largest style that is taken over; more than the limits of any worker allow.
    static let maximumBytes = 256 * 1024 * 1024
    private static let chunkBytes = 256 * 1024

    /// Throws `RenderFailure` unless the file has so many bytes, within reason.
    static func check(_ file: OpenDescriptor, holds bytes: Int) throws {
        var facts = stat()
        guard fstat(file.rawValue, &facts) == 0 else { throw AttachmentsError.lastSystemError("fstat", "a style") }
        guard (0...maximumBytes).contains(bytes), facts.st_size == bytes else {
            throw RenderFailure(.worker, "The image worker did not leave the picture that it announced.")
        }
    }

    /// The next bytes of the file, at least one.
    static func chunk(of file: OpenDescriptor, at offset: Int, atMost count: Int) throws -> ByteBuffer {
        let wanted = min(count, chunkBytes)
        var buffer = ByteBuffer()
        let got = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { space in
            max(0, pread(file.rawValue, space.baseAddress, wanted, offset))
        }
        guard got > 0 else { throw AttachmentsError.lastSystemError("pread", "a style") }
        return buffer
    }
}

extension FailureReason {
    // Cut, since it comes from the worker and ends in records, logs and answers.
    init(_ failure: RenderFailure) {
        self.init(String(failure.code.rawValue.prefix(64)), String(failure.reason.prefix(500)))
    }
}
