package import Logging
package import ObjectStorage
package import S3Protocol

/// The attachments of the JSON API: claimed, read, listed, waited for, deleted.
///
/// A token sees only its own. Errors are `APIError` as far as the client can do something about them.
package struct AttachmentService: Sendable {
    /// The seconds after which a client should ask again for an attachment whose styles are being made.
    package static let pollInterval: Int64 = 1

    let configuration: AttachmentsConfiguration
    let store: any RecordStore
    let objects: any ObjectStore
    let signals: AttachmentSignals
    let clock: @Sendable () -> Timestamp
    let sleep: @Sendable (Duration) async throws -> Void
    let logger: Logger

    /// A service on these stores; `signals` are those of the job queue.
    package init(
        configuration: AttachmentsConfiguration,
        store: any RecordStore,
        objects: any ObjectStore,
        signals: AttachmentSignals,
        logger: Logger,
        clock: @escaping @Sendable () -> Timestamp,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.configuration = configuration
        self.store = store
        self.objects = objects
        self.signals = signals
        self.logger = logger
        self.clock = clock
        self.sleep = sleep
    }

    /// Makes the upload at a key an attachment of the client's, or gives the one that it is already.
    ///
    /// Durable when it returns; an authorization that has expired still counts while its upload is there.
    /// - Throws: 422 for a key outside the upload prefix, without a file, or of another file name than was authorized;
    ///   404 for a prefix that was not authorized for this token; 503 when too many of its jobs wait already.
    package func create(key text: String, client: APIClient) async throws -> AttachmentRecord {
        let upload = try uploadKey(text)
        let authorization = try await authorization(of: upload, client: client)
        if let existing = try await store.attachment(key: upload.key, in: authorization.bucket) {
            return try await refreshed(existing)
        }
        guard let object = try await pinned(upload.key, in: authorization.bucket) else {
            throw APIError.nothingUploaded()
        }
        let new = NewAttachment(
            tokenID: client.tokenID,
            authorization: upload.authorization,
            object: object,
            filename: upload.filename,
            needsStyles: needsStyles(object)
        )
        let limit = configuration.maximumQueued
        guard let record = try await store.claim(new, queueLimit: limit, at: clock()) else {
            throw APIError.nothingUploaded()
        }
        if record.state == .pending { signals.workArrived() }
        return record
    }

    /// One attachment as it is now; an object that changed meanwhile is processed anew.
    ///
    /// - Throws: 404 when there is none or it is another token's.
    package func get(_ id: Int64, client: APIClient) async throws -> AttachmentRecord {
        guard let record = try await store.attachment(id), record.tokenID == client.tokenID else {
            throw APIError.attachmentNotFound()
        }
        return try await refreshed(record)
    }

    /// A page of the client's attachments, the oldest first.
    package func list(_ range: ObjectRange, client: APIClient) async throws -> AttachmentPage {
        let found = try await store.attachments(ofToken: client.tokenID, offset: range.offset, limit: range.count)
        return AttachmentPage(range: range, records: try await refreshed(found.records), total: found.total)
    }

    /// One attachment, as soon as its styles are made or so many seconds have passed, within the configured limit.
    ///
    /// - Throws: 404 when there is none or it is another token's; `CancellationError` when the client has gone.
    package func wait(for id: Int64, client: APIClient, upTo seconds: Int64) async throws -> AttachmentRecord {
        let deadline = clock().advanced(bySeconds: min(max(seconds, 0), configuration.maximumWait))
        let listener = signals.changed.listen(for: id)
        var record = try await get(id, client: client)
        while record.isProcessing {
            let left = deadline.nanoseconds - clock().nanoseconds
            guard left > 0, await listener.wait(atMost: .nanoseconds(left), sleep: sleep) else { break }
            record = try await get(id, client: client)
        }
        try Task.checkCancellation()
        return record
    }

    /// Removes an attachment: hidden at once, then its styles and its original go, then its record.
    ///
    /// What an interruption leaves is removed by the janitor.
    /// - Throws: 404 when there is none or it is another token's.
    package func delete(_ id: Int64, client: APIClient) async throws {
        guard let found = try await store.attachment(id), found.tokenID == client.tokenID,
            let record = try await store.beginDeletion(id)
        else { throw APIError.attachmentNotFound() }
        signals.changed.ring(id)
        do {
            try await AttachmentRemover(store: store, objects: objects).finish(record)
        } catch {
            logger.warning(
                "attachment deleted, its files will follow",
                metadata: ["attachment": "\(id)", "error": "\(error)"]
            )
            throw StoreFault(error).unavailable ?? error
        }
    }
}

/// A page of attachments.
package struct AttachmentPage: Sendable {
    /// What was asked for.
    package let range: ObjectRange
    /// What is there of it.
    package let records: [AttachmentRecord]
    /// How many there are in all.
    package let total: Int

    /// The value of `Content-Range`: `file_attachments 0-59/233`, or `*/233` for a page without any.
    package var contentRange: String { range.contentRange(returned: records.count, total: total) }
}

extension AttachmentRecord {
    /// Whether styles are still being made: the answer is 202 then, else 200.
    package var isProcessing: Bool { state == .pending }
}
