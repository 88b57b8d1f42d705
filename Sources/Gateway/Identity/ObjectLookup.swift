import ObjectStorage
import S3Protocol
import Synchronization

/// The record of the object that a request is about, read when something first depends on it.
final class ObjectLookup: Sendable {
    private let store: any Storage
    private let access: AccessRequest
    private let found = Mutex<ObjectRecord?>(nil)

    init(_ store: any Storage, _ access: AccessRequest) {
        self.store = store
        self.access = access
    }

    /// The record; nil when the request is about no object.
    ///
    /// - Throws: as `ObjectStore.head`.
    var record: ObjectRecord? {
        get async throws {
            guard let bucket = access.bucket, let key = access.key else { return nil }
            if let known = found.withLock({ $0 }) { return known }
            let record = try await store.head(key, version: access.version, in: bucket)
            found.withLock { $0 = record }
            return record
        }
    }

    /// The tags of the object; nil when there is none.
    ///
    /// - Throws: when it cannot be read, since a policy may deny what has a tag.
    var tags: [ObjectAttributes.Tag]? {
        get async throws {
            do {
                return try await record?.attributes.tags
            } catch let error as any S3ErrorConvertible where [404, 405].contains(error.s3Error.status) {
                return nil
            }
        }
    }
}
