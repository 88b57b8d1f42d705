import Glibc
import NIOCore
package import ObjectStorage
package import S3Protocol

/// The bucket that the suite works in.
package let photos = try! BucketName("photos")

/// The key of this text.
package func key(_ text: String) -> ObjectKey { try! ObjectKey(text) }

extension ObjectStore {
    /// Stores a text.
    @discardableResult
    package func put(
        _ name: String,
        _ text: String,
        _ attributes: ObjectAttributes = ObjectAttributes(),
        if precondition: WritePrecondition = .none,
        in bucket: BucketName = photos
    ) async throws -> ObjectRecord {
        let upload = try await beginUpload(of: key(name), to: bucket, digests: ContentDigests())
        try await upload.write(ByteBuffer(string: text))
        return try await upload.commit(attributes, demand: ContentDigestDemand(), precondition: precondition)
    }

    /// The text of an object.
    package func get(_ name: String, in bucket: BucketName = photos) async throws -> String {
        try await text(of: open(key(name), version: nil, in: bucket))
    }

    /// The names of a page's entries.
    package func names(_ query: ListQuery = ListQuery(), in bucket: BucketName = photos) async throws -> [String] {
        try await list(query, in: bucket).entries.map { entry in
            switch entry {
            case .object(let summary): summary.key.string
            case .commonPrefix(let prefix): String(decoding: prefix, as: UTF8.self)
            }
        }
    }
}

/// The content of an open object as text.
package func text(of object: OpenObject) throws -> String {
    switch object.content {
    case .bytes(let buffer): return String(buffer: buffer)
    case .file(let file):
        var bytes = [UInt8](repeating: 0, count: Int(object.record.size))
        let count = pread(file.fileDescriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}

/// Runs `body` and returns the code of the S3 error that it throws, or what else came of it.
package func code(_ body: () async throws -> Void) async -> String {
    do {
        try await body()
        return "no error"
    } catch let error as any S3ErrorConvertible {
        return error.s3Error.code.rawValue
    } catch {
        return "\(error)"
    }
}
