import ObjectStorage
import S3Protocol

extension AttachmentService {
    func uploadKey(_ text: String) throws(APIError) -> UploadKey {
        guard !text.isEmpty else { throw .keyMissing() }
        guard let key = try? ObjectKey(text), key.utf8.starts(with: configuration.uploadPrefix.utf8) else {
            throw .keyOutsideUploads(prefix: configuration.uploadPrefix)
        }
        guard let upload = UploadKey(key, uploadPrefix: configuration.uploadPrefix) else { throw .uploadNotFound() }
        return upload
    }

    func authorization(of upload: UploadKey, client: APIClient) async throws -> AuthorizationRecord {
        let found = try await store.authorization(prefix: upload.authorization)
        guard let found, found.tokenID == client.tokenID else { throw APIError.uploadNotFound() }
        // A form can only say what its key begins with; the rest of the promise is kept here.
        if let filename = found.filename {
            guard ByteText.equal(upload.key.string, "\(found.prefix)/\(filename)") else {
                throw APIError.otherFilename(filename)
            }
        }
        return found
    }

    func needsStyles(_ object: PinnedObject) -> Bool {
        configuration.needsStyles(object)
    }

    func pinned(_ key: ObjectKey, in bucket: BucketName) async throws -> PinnedObject? {
        do {
            return try await objects.pinned(key, in: bucket)
        } catch {
            throw StoreFault(error).unavailable ?? error
        }
    }

    /// The record, if its object is still the one it was made of; else processed anew, or failed without an object.
    func refreshed(_ record: AttachmentRecord) async throws -> AttachmentRecord {
        guard let object = try await pinned(record.object.key, in: record.object.bucket) else {
            return record.withoutOriginal
        }
        guard object != record.object else { return record }
        let restarted = try await store.restart(
            record.id,
            with: object,
            needsStyles: needsStyles(object),
            priority: .interactive,
            always: false,
            at: clock()
        )
        guard let restarted else { throw APIError.attachmentNotFound() }
        signals.changed.ring(record.id)
        signals.workArrived()
        return restarted
    }

    func refreshed(_ records: [AttachmentRecord]) async throws -> [AttachmentRecord] {
        // So many at once that a page costs few rounds, so few that it does not fill the store's threads.
        let width = 16
        return try await withThrowingTaskGroup(of: (Int, AttachmentRecord?).self) { group in
            var refreshed: [AttachmentRecord?] = records
            for (index, record) in records.enumerated() {
                if index >= width, let (done, result) = try await group.next() { refreshed[done] = result }
                group.addTask { (index, try await refreshedUnlessGone(record)) }
            }
            for try await (done, result) in group { refreshed[done] = result }
            return refreshed.compactMap(\.self)
        }
    }

    private func refreshedUnlessGone(_ record: AttachmentRecord) async throws -> AttachmentRecord? {
        do {
            return try await refreshed(record)
        } catch let error as APIError where error.status == 404 {
            return nil
        }
    }
}

extension AttachmentRecord {
    /// The record as it is shown when its object was deleted by other means.
    fileprivate var withoutOriginal: AttachmentRecord {
        var record = self
        record.state = .failed
        record.styles = []
        record.reason = .originalMissing
        return record
    }
}

extension FailureReason {
    static let originalMissing = FailureReason(
        "original_missing",
        "The uploaded file is no longer there: upload it again, and delete this attachment."
    )
}
