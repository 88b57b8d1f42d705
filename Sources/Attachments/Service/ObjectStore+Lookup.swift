import ObjectStorage
import S3Protocol

extension ObjectStore {
    /// The object as it is now, or nil when it, or its bucket, is not there.
    func pinned(_ key: ObjectKey, in bucket: BucketName) async throws -> PinnedObject? {
        do {
            return PinnedObject(try await head(key, version: nil, in: bucket), in: bucket)
        } catch let error where StoreFault(error).isAbsence {
            return nil
        }
    }
}

extension PinnedObject {
    /// The object of a record.
    init(_ record: ObjectRecord, in bucket: BucketName) {
        self.init(
            bucket: bucket,
            key: record.key,
            etag: record.etag,
            version: record.version,
            contentType: record.attributes.headers["content-type"] ?? "binary/octet-stream",
            byteSize: record.size
        )
    }
}

/// What an error of the object store means for attachments.
struct StoreFault {
    /// Nothing can be written, whatever it is: the disk is full, or read-only.
    let isFull: Bool
    private let refusal: S3Error?

    init(_ error: any Error) {
        isFull = [.noSpace, .readOnly].contains((error as? StorageError)?.code)
        refusal = (error as? any S3ErrorConvertible)?.s3Error
    }

    /// The object, or its bucket, is not there.
    var isAbsence: Bool {
        guard let code = refusal?.code.rawValue else { return false }
        return ["NoSuchKey", "NoSuchBucket", "NoSuchVersion"].contains(code)
    }

    /// The refusal of the API when the store is only busy, or a remote one does not answer.
    var unavailable: APIError? {
        guard let refusal, [502, 503, 504].contains(refusal.status) else { return nil }
        let header = refusal.headers.first { $0.name == "Retry-After" }
        return .unavailable(
            "The object store is busy; try again shortly.",
            retryAfter: header.flatMap { Int64($0.value) } ?? 1
        )
    }
}
