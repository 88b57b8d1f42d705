package import ObjectStorage
package import S3Protocol

/// Makes attachments right without losing anything: what can be made again is queued, what was to go goes.
package struct RecordsRepair: Sendable {
    private let configuration: AttachmentsConfiguration
    private let records: SQLiteRecordStore
    private let objects: any ObjectStore
    private let signals: AttachmentSignals?
    private let clock: @Sendable () -> Timestamp

    /// Repairs of these records and objects; `signals` are those of the job queue, if one runs.
    package init(
        configuration: AttachmentsConfiguration,
        records: SQLiteRecordStore,
        objects: any ObjectStore,
        signals: AttachmentSignals?,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.configuration = configuration
        self.records = records
        self.objects = objects
        self.signals = signals
        self.clock = clock
    }

    /// Makes an attachment right of which something was found.
    func repair(_ found: SurveyedAttachment, isLive: Bool) async throws {
        guard !found.isDeleting else { return try await finishDeletion(found.record, isLive: isLive) }
        let object = try await objects.pinned(found.record.object.key, in: found.record.object.bucket)
        // Without an original the job ends at once, and the attachment says why; styles could not be made again.
        guard object != nil || found.record.styles.isEmpty else { return }
        let pinned = object ?? found.record.object
        _ = try await records.restart(
            found.record.id,
            with: pinned,
            needsStyles: configuration.needsStyles(pinned),
            priority: .batch,
            always: true,
            at: clock()
        )
        signals?.changed.ring(found.record.id)
        signals?.workArrived()
    }

    private func finishDeletion(_ record: AttachmentRecord, isLive: Bool) async throws {
        try await records.dropJob(ofDeleted: record.id)
        guard !isLive else { return }
        try await AttachmentRemover(store: records, objects: objects).finish(record)
    }
}
