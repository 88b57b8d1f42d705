import NIOCore
import ObjectStorage
import RemoteS3
import S3Protocol

/// The content of an object here as the remote gets it: whole or a range, at the pace that is allowed.
struct MirroredContent: Sendable {
    /// Bytes that are hashed at a time.
    private static let hashed: Int64 = 1 << 20

    let content: OpenObject.Content
    let size: Int64
    let pool: BlockingPool
    let throttle: Throttle

    /// A body of this range.
    func body(_ range: Range<Int64>) -> RemoteBody {
        var offset = range.lowerBound
        return RemoteBody(rewind: { offset = range.lowerBound }) {
            let length = min(throttle.piece, range.upperBound - offset)
            guard length > 0 else { return nil }
            try await throttle.pass(Int(length))
            let chunk = try await read(offset, Int(length))
            offset += length
            return chunk
        }
    }

    /// The MD5 of this range; reads it.
    func md5(_ range: Range<Int64>) async throws -> [UInt8] {
        var (digest, offset) = (Insecure.MD5(), range.lowerBound)
        while offset < range.upperBound {
            let (begun, start) = (digest, offset)
            let length = Int(min(Self.hashed, range.upperBound - start))
            digest = try await pool.run {
                var digest = begun
                try bytes(start, length).withUnsafeReadableBytes { digest.update(bufferPointer: $0) }
                return digest
            }
            offset += Int64(length)
        }
        return digest.finalize().withUnsafeBytes { Array($0) }
    }

    private func read(_ offset: Int64, _ length: Int) async throws -> ByteBuffer {
        if case .bytes = content { return try bytes(offset, length) }
        return try await pool.run { try bytes(offset, length) }
    }

    /// Bytes of the content; blocks where it is in a file.
    private func bytes(_ offset: Int64, _ length: Int) throws -> ByteBuffer {
        let found: ByteBuffer
        switch content {
        case .bytes(let buffer):
            found = buffer.getSlice(at: buffer.readerIndex + Int(offset), length: length) ?? ByteBuffer()
        case .file(let file): found = try file.read(offset: offset, length: length)
        }
        guard found.readableBytes == length else {
            throw MirrorFailure(.retry, "the file was cut while it was read")
        }
        return found
    }
}
