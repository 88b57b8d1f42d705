import ObjectStorage
import S3Protocol

/// Takes away what belongs to an attachment that is hidden already; may be repeated until it succeeds.
struct AttachmentRemover: Sendable {
    let store: any RecordStore
    let objects: any ObjectStore

    /// Deletes the styles, then the original, then the rows: as long as something is left, so is the record of it.
    func finish(_ record: AttachmentRecord) async throws {
        for key in record.styles.map(\.key) + [record.object.key] {
            try await objects.remove(key, in: record.object.bucket)
        }
        try await store.finishDeletion(record.id)
    }
}

extension ObjectStore {
    /// Deletes an object, if it is there at all.
    func remove(_ key: ObjectKey, in bucket: BucketName) async throws {
        do {
            try await delete(key, in: bucket, precondition: .none)
        } catch let error where StoreFault(error).isAbsence {
            return
        }
    }
}
