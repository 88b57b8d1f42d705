package import ObjectStorage
package import S3Protocol

/// Makes the styles of attachments what the configuration says now: those that changed are made, those that did not are
/// left alone, those that are not wanted any more go.
///
/// An attachment keeps its state and the links to its old styles until its new ones are there. May be broken off and
/// repeated at any time: what is done already is passed over.
package struct StyleRegeneration: Sendable {
    /// What is to be gone through.
    package struct Request: Sendable {
        /// The bucket.
        package var bucket: BucketName
        /// What the keys of the originals begin with; empty for all.
        package var prefix: String
        /// Whether it is only told what would be done.
        package var isDryRun: Bool
        /// Whether attachments are tried again whose styles could not be made.
        package var includesFailed: Bool

        /// A request of these parts.
        package init(bucket: BucketName, prefix: String = "", isDryRun: Bool = false, includesFailed: Bool = false) {
            self.bucket = bucket
            self.prefix = prefix
            self.isDryRun = isDryRun
            self.includesFailed = includesFailed
        }
    }

    private static let batch = 256
    /// How many attachments are queued at a time: the queue stays short for uploads that come meanwhile.
    private static let window = 16
    private static let patience = Duration.seconds(2)

    private let configuration: AttachmentsConfiguration
    private let records: SQLiteRecordStore
    private let objects: any ObjectStore
    private let signals: AttachmentSignals
    private let clock: @Sendable () -> Timestamp
    private let sleep: @Sendable (Duration) async throws -> Void
    private let withWorkers: @Sendable (@escaping @Sendable () async throws -> Void) async throws -> Void

    /// A regeneration with these records and objects.
    ///
    /// `signals` are those of the job queue that makes the styles; `withWorkers` sees to it that there is one while its
    /// argument runs.
    package init(
        configuration: AttachmentsConfiguration,
        records: SQLiteRecordStore,
        objects: any ObjectStore,
        signals: AttachmentSignals,
        clock: @escaping @Sendable () -> Timestamp,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        withWorkers: @escaping @Sendable (@escaping @Sendable () async throws -> Void) async throws -> Void = {
            try await $0()
        }
    ) {
        self.configuration = configuration
        self.records = records
        self.objects = objects
        self.signals = signals
        self.clock = clock
        self.sleep = sleep
        self.withWorkers = withWorkers
    }

    /// Goes through the attachments of a bucket; counts those that were looked at, styles that were made, and attachments
    /// that needed nothing, and reports those whose styles cannot be made.
    ///
    /// - Throws: `AttachmentsError` with `noWorker` when nobody can render; errors of the stores.
    package func run(_ request: Request, _ report: CheckReport) async throws {
        report.begin("styles")
        guard !request.isDryRun else { return try await walk(request, report) }
        try await withWorkers { try await walk(request, report) }
    }

    private func walk(_ request: Request, _ report: CheckReport) async throws {
        var (last, waiting): (Int64, [Pending]) = (0, [])
        while true {
            let page = try await records.survey(after: last, limit: Self.batch)
            for (id, found) in page {
                last = id
                try Task.checkCancellation()
                guard let survey = try? found.get(), survey.isCovered(by: request) else { continue }
                report.count(attachments: 1)
                guard let pending = try await begin(survey, request, report) else { continue }
                waiting.append(pending)
                if waiting.count >= Self.window { try await finish(waiting.removeFirst(), report) }
            }
            guard page.count == Self.batch else { break }
        }
        for pending in waiting { try await finish(pending, report) }
    }

    private struct Pending {
        let id: Int64
        let path: String
        /// The styles that are to be made.
        let changes: StyleChanges
    }

    /// Queues the styles of one attachment; nil when there is nothing to wait for.
    private func begin(
        _ survey: SurveyedAttachment,
        _ request: Request,
        _ report: CheckReport
    ) async throws -> Pending? {
        let record = survey.record
        let changes = try await StyleChanges(record, configuration, objects)
        let isGivenUp = record.state == .failed && !request.includesFailed
        guard !changes.isEmpty, !isGivenUp, survey.job == nil || survey.job == .dead else {
            report.count(0, skipped: 1)
            if isGivenUp, let reason = record.reason { report.add([.notStyled(record, reason)]) }
            return nil
        }
        guard !request.isDryRun else {
            report.add([.styleChange(record, changes)])
            return nil
        }
        guard try await records.queueRestyling(of: record.id, at: clock()) else { return nil }
        signals.workArrived()
        return Pending(id: record.id, path: record.path, changes: changes)
    }

    private func finish(_ pending: Pending, _ report: CheckReport) async throws {
        while true {
            try Task.checkCancellation()
            let listener = signals.changed.listen(for: pending.id)
            let job = try await records.job(ofAttachment: pending.id)
            guard let job, job.state != .dead else { break }
            if job.reason?.code == "worker_missing" || job.reason?.code == "worker_broken" {
                throw AttachmentsError(.noWorker, job.reason?.message ?? "there is no image worker")
            }
            _ = await listener.wait(atMost: Self.patience, sleep: sleep)
        }
        guard let record = try await records.attachment(pending.id) else { return }
        let made = record.styles.count { style in pending.changes.making.contains { ByteText.equal($0, style.name) } }
        report.count(made)
        if let reason = record.reason { report.add([.notStyled(record, reason)]) }
    }
}

extension SurveyedAttachment {
    fileprivate func isCovered(by request: StyleRegeneration.Request) -> Bool {
        !isDeleting && record.object.bucket == request.bucket
            && record.object.key.utf8.starts(with: request.prefix.utf8)
    }
}

extension Finding {
    fileprivate static func notStyled(_ record: AttachmentRecord, _ reason: FailureReason) -> Finding {
        let detail = "\(record.path): \(reason.code): \(reason.message)"
        return Finding(.notStyled, "attachment \(record.id)", detail, isRepairable: false)
    }

    fileprivate static func styleChange(_ record: AttachmentRecord, _ changes: StyleChanges) -> Finding {
        Finding(.styleChange, "attachment \(record.id)", "\(record.path): \(changes.text)", isRepairable: false)
    }
}

extension AttachmentRecord {
    fileprivate var path: String { "\(object.bucket)/\(object.key)" }
}
