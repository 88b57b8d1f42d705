package import Logging
package import ObjectStorage
package import S3Protocol

/// Removes what nobody will ask for: uploads that were never claimed, deletions that were interrupted, styles without
/// an attachment.
package struct UploadJanitor: Sendable {
    /// What a round removed.
    package struct Report: Equatable, Sendable {
        /// Uploads that nobody claimed.
        package var uploads = 0
        /// Authorizations that ended.
        package var authorizations = 0
        /// Attachments whose deletion had been interrupted.
        package var deletions = 0
        /// Style objects without an attachment.
        package var orphans = 0

        /// Nothing removed.
        package init() {}
    }

    /// The seconds for which a style object is left alone, since a job may just be about to record it.
    package static let orphanAge: Int64 = 3_600

    private let configuration: AttachmentsConfiguration
    private let store: any RecordStore
    private let objects: any ObjectStore
    private let logger: Logger
    private let clock: @Sendable () -> Timestamp
    private let sleep: @Sendable (Duration) async throws -> Void

    /// A janitor of these stores.
    package init(
        configuration: AttachmentsConfiguration,
        store: any RecordStore,
        objects: any ObjectStore,
        logger: Logger,
        clock: @escaping @Sendable () -> Timestamp,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.configuration = configuration
        self.store = store
        self.objects = objects
        self.logger = logger
        self.clock = clock
        self.sleep = sleep
    }

    /// Goes round every `interval` until cancelled, with a look at all styles in every 24th round.
    package func run(every interval: Duration = .seconds(600)) async {
        var round = 0
        while !Task.isCancelled {
            var report = Report()
            await attempt("expire unclaimed uploads", &report) { try await sweepUploads(&$0) }
            await attempt("finish interrupted deletions", &report) { try await finishDeletions(&$0) }
            if round.isMultiple(of: 24) {
                await attempt("remove orphaned styles", &report) { try await sweepStyles(&$0) }
            }
            round += 1
            do { try await sleep(interval) } catch { return }
        }
    }

    /// One whole round; what could not be removed is logged and tried again later.
    ///
    /// - Throws: Errors of the record store, and of listing styles; what was removed until then stays removed.
    package func sweep() async throws -> Report {
        var report = Report()
        try await sweepUploads(&report)
        try await finishDeletions(&report)
        try await sweepStyles(&report)
        return report
    }

    private func attempt(
        _ purpose: String,
        _ report: inout Report,
        _ work: (inout Report) async throws -> Void
    ) async {
        do {
            try await work(&report)
        } catch {
            guard !Task.isCancelled else { return }
            warn(purpose, error)
        }
    }

    private func warn(_ purpose: String, _ error: any Error) {
        logger.warning("janitor could not \(purpose), will try again", metadata: ["error": "\(error)"])
    }
}

// MARK: - Steps

extension UploadJanitor {
    private static let batch = 100
    private static let retryAge: Int64 = 3_600

    // An authorization is closed before its objects are looked at: a claim that comes later is refused, and one that
    // came earlier is seen.
    private func sweepUploads(_ report: inout Report) async throws {
        while true {
            let due = try await store.closeDueAuthorizations(at: clock(), limit: Self.batch)
            for authorization in due { try await sweep(authorization, &report) }
            guard due.count == Self.batch else { return }
        }
    }

    private func sweep(_ authorization: AuthorizationRecord, _ report: inout Report) async throws {
        do {
            report.uploads += try await removeUnclaimed(authorization)
            try await store.finishSweep(prefix: authorization.prefix, at: clock())
            report.authorizations += 1
        } catch {
            try Task.checkCancellation()
            warn("expire unclaimed uploads under \(authorization.prefix)", error)
            let later = clock().advanced(bySeconds: Self.retryAge)
            try await store.postponeSweep(prefix: authorization.prefix, until: later)
        }
    }

    private func removeUnclaimed(_ authorization: AuthorizationRecord) async throws -> Int {
        var removed = 0
        try await eachPage(of: authorization.prefix, in: authorization.bucket) { page in
            for key in try await store.unclaimedKeys(page.map(\.key), in: authorization.bucket) {
                try await objects.remove(key, in: authorization.bucket)
                removed += 1
                logger.info(
                    "unclaimed upload expired",
                    metadata: ["bucket": "\(authorization.bucket)", "key": "\(key)"]
                )
            }
        }
        return removed
    }

    private func finishDeletions(_ report: inout Report) async throws {
        let remover = AttachmentRemover(store: store, objects: objects)
        var last: Int64 = 0
        while true {
            let unfinished = try await store.unfinishedDeletions(after: last, limit: Self.batch)
            for record in unfinished {
                last = record.id
                await attempt("finish deleting attachment \(record.id)", &report) { report in
                    try await remover.finish(record)
                    report.deletions += 1
                }
            }
            guard unfinished.count == Self.batch else { return }
        }
    }

    private func sweepStyles(_ report: inout Report) async throws {
        let newest = clock().advanced(bySeconds: -Self.orphanAge)
        for bucket in configuration.buckets {
            try await eachPage(of: configuration.stylesPrefix, in: bucket) { page in
                let old = page.filter { $0.modified <= newest }.compactMap { styleObject($0.key, in: bucket) }
                for orphan in try await store.orphans(among: old) {
                    await attempt("remove orphaned style \(orphan.key)", &report) { report in
                        try await objects.remove(orphan.key, in: bucket)
                        report.orphans += 1
                        logger.info(
                            "orphaned style removed",
                            metadata: ["bucket": "\(bucket)", "key": "\(orphan.key)"]
                        )
                    }
                }
            }
        }
    }

    private func styleObject(_ key: ObjectKey, in bucket: BucketName) -> StyleObject? {
        StyleNaming.attachment(of: key, prefix: configuration.stylesPrefix)
            .map { StyleObject(attachmentID: $0, bucket: bucket, key: key) }
    }

    private func eachPage(
        of prefix: String,
        in bucket: BucketName,
        _ body: ([ObjectSummary]) async throws -> Void
    ) async throws {
        var query = ListQuery(prefix: Array(prefix.utf8))
        while let page = try await page(query, in: bucket) {
            let objects = page.entries.compactMap { if case .object(let summary) = $0 { summary } else { nil } }
            try await body(objects)
            guard page.isTruncated, let last = objects.last else { return }
            query.after = last.key.utf8
        }
    }

    private func page(_ query: ListQuery, in bucket: BucketName) async throws -> ListPage? {
        do {
            return try await objects.list(query, in: bucket)
        } catch let error where StoreFault(error).isAbsence {
            return nil
        }
    }
}
