package import Logging
package import S3Protocol

/// Carries out the lifecycle rules of buckets: expires objects, removes noncurrent versions and lone delete markers, ends
/// uploads that nobody completes.
///
/// Walks through the versions of each bucket that has rules, in pages. What is due is decided from the listing; each
/// deletion is conditional on the version that was seen, and locks keep theirs.
package struct LifecycleExecutor: Sendable {
    private static let pageSize = 1_000

    private let store: any Storage
    private let day: LifecycleDay
    private let log: Logger
    private let clock: @Sendable () -> Timestamp

    /// An executor for the buckets of a store; `day` is how long the days of the rules are.
    package init(
        store: any Storage,
        day: LifecycleDay = .standard,
        log: Logger,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.day = day
        self.log = log
        self.clock = clock
    }

    /// What a run over a bucket came to.
    package struct Outcome: Sendable, Equatable {
        /// Versions and markers that were looked at.
        package var looked = 0
        /// Current objects that were expired.
        package var expired = 0
        /// Noncurrent versions and delete markers that were removed.
        package var removed = 0
        /// Uploads that were ended.
        package var aborted = 0
        /// What was due and is kept by a lock, or changed meanwhile.
        package var kept = 0
    }

    /// Runs over all buckets that have rules; what fails in one does not keep the others.
    package func run() async {
        for bucket in store.buckets() where bucket.settings.lifecycle != nil && !Task.isCancelled {
            do {
                let outcome = try await run(bucket)
                guard outcome.expired + outcome.removed + outcome.aborted > 0 else { continue }
                log.info(
                    "lifecycle rules were carried out",
                    metadata: [
                        "bucket": "\(bucket.name)", "looked": "\(outcome.looked)", "expired": "\(outcome.expired)",
                        "removed": "\(outcome.removed)", "aborted": "\(outcome.aborted)", "kept": "\(outcome.kept)",
                    ]
                )
            } catch is CancellationError {
                return
            } catch {
                log.warning(
                    "lifecycle rules are tried again at the next run",
                    metadata: ["bucket": "\(bucket.name)", "error": "\(error)"]
                )
            }
        }
    }

    /// Runs over one bucket.
    ///
    /// - Throws: `SlowDown` while the bucket's index is being rebuilt; `StorageError`.
    package func run(_ bucket: Bucket) async throws -> Outcome {
        guard let rules = bucket.settings.lifecycle else { return Outcome() }
        var outcome = Outcome()
        var query = VersionListQuery(limit: Self.pageSize)
        var pending: [VersionSummary] = []
        var isTruncated = true
        while isTruncated {
            try Task.checkCancellation()
            let page = try await store.listVersions(query, in: bucket.name)
            for case .version(let version) in page.entries {
                if let last = pending.last, last.object.key != version.object.key {
                    try await apply(rules, to: pending, bucket, &outcome)
                    pending = []
                }
                pending.append(version)
                query.after = version.object.key.utf8
                query.afterVersion = version.version
            }
            isTruncated = page.isTruncated
        }
        try await apply(rules, to: pending, bucket, &outcome)
        try await abortUploads(rules, bucket, &outcome)
        return outcome
    }

    /// All versions of one key, the newest first.
    private func apply(
        _ rules: LifecycleConfiguration,
        to versions: [VersionSummary],
        _ bucket: Bucket,
        _ outcome: inout Outcome
    ) async throws {
        let now = clock()
        for (position, version) in versions.enumerated() {
            outcome.looked += 1
            let place: LifecycleVersion.Place =
                position == 0
                ? .current(isOnly: versions.count == 1)
                : .noncurrent(since: versions[position - 1].object.modified, newer: position - 1)
            let seen = try await seen(version, place, rules, bucket)
            guard let seen, let action = rules.dueAction(for: seen, at: now, day: day) else { continue }
            try await carryOut(action, on: version, bucket, &outcome)
        }
    }

    private func seen(
        _ version: VersionSummary,
        _ place: LifecycleVersion.Place,
        _ rules: LifecycleConfiguration,
        _ bucket: Bucket
    ) async throws -> LifecycleVersion? {
        var tags: [TagSet.Tag] = []
        if rules.needsTags, !version.isDeleteMarker {
            let record = try? await store.head(version.object.key, version: version.version, in: bucket.name)
            // Gone meanwhile: nothing is left to be done.
            guard let record else { return nil }
            tags = record.attributes.tags.map { .init($0.key, $0.value) }
        }
        return LifecycleVersion(
            key: version.object.key,
            size: version.object.size,
            tags: tags,
            lastModified: version.object.modified,
            isMarker: version.isDeleteMarker,
            place: place
        )
    }

    private func carryOut(
        _ action: LifecycleAction,
        on version: VersionSummary,
        _ bucket: Bucket,
        _ outcome: inout Outcome
    ) async throws {
        var request = DeletionRequest(version: action.kind == .expireCurrent ? nil : version.version)
        // What was written, restored or made current since it was seen is not what was due.
        request.modified = version.object.modified
        request.onlyNoncurrent = true
        do {
            try await store.delete(version.object.key, in: bucket.name, request)
            if action.kind == .expireCurrent { outcome.expired += 1 } else { outcome.removed += 1 }
        } catch let error as S3Error where error.code == "AccessDenied" || error.code == "PreconditionFailed" {
            outcome.kept += 1
        }
    }

    private func abortUploads(
        _ rules: LifecycleConfiguration,
        _ bucket: Bucket,
        _ outcome: inout Outcome
    ) async throws {
        for upload in try await store.multipartUploads(in: bucket.name) {
            let rule = rules.abortingRule(
                forUploadTo: upload.key,
                initiated: upload.initiated,
                at: clock(),
                day: day
            )
            guard rule != nil else { continue }
            do {
                try await store.abortMultipartUpload(upload.id, of: upload.key, in: bucket.name)
                outcome.aborted += 1
            } catch let error as S3Error where error.code == "NoSuchUpload" {
                continue
            }
        }
    }
}
