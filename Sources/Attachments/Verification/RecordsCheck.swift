package import ObjectStorage
package import S3Protocol

/// Holds attachments, styles, jobs and authorizations against each other and against the objects (`larder fsck`).
///
/// Changes nothing without a repair. Costs a look at the file of every original and style; no content is read. Beside a
/// server a finding is looked at again before it is reported, so that what is just being changed is none.
package struct RecordsCheck: Sendable {
    /// The seconds after which a server ought to have removed a style of no attachment.
    static let orphanAge: Int64 = 6 * 3_600
    /// The seconds after its due time after which an upload authorization ought to have been swept.
    static let sweepSlack: Int64 = 7 * 86_400
    private static let batch = 256

    private let configuration: AttachmentsConfiguration
    private let records: SQLiteRecordStore
    private let objects: StoredFiles
    private let isLive: Bool
    private let isElsewhere: @Sendable (BucketName) -> Bool
    private let repair: RecordsRepair?
    private let clock: @Sendable () -> Timestamp

    /// A check of these records against these objects; without `repair` it only ever looks.
    ///
    /// - Parameter isElsewhere: Whether a bucket is in a remote S3: its objects are not looked at.
    package init(
        configuration: AttachmentsConfiguration,
        records: SQLiteRecordStore,
        objects: StoredFiles,
        isLive: Bool,
        isElsewhere: @escaping @Sendable (BucketName) -> Bool = { _ in false },
        repair: RecordsRepair?,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.configuration = configuration
        self.records = records
        self.objects = objects
        self.isLive = isLive
        self.isElsewhere = isElsewhere
        self.repair = repair
        self.clock = clock
    }

    /// Looks at everything, and makes right what it finds if that is asked for.
    ///
    /// - Throws: `StorageError` when the records cannot be read.
    package func run(repair isAsked: Bool, _ report: CheckReport) async throws {
        report.begin("attachments")
        let repair = isAsked ? repair : nil
        guard try await isSound(repair, report) else { return }
        try await checkAttachments(repair, report)
        try await checkDanglingRows(repair, report)
        try await checkAuthorizations(report)
        report.begin("styles")
        for bucket in configuration.buckets { try await checkStyles(in: bucket, report) }
    }

    // MARK: The file

    /// Whether the file can be relied on for what follows.
    private func isSound(_ repair: RecordsRepair?, _ report: CheckReport) async throws -> Bool {
        let problems = try await records.integrityProblems()
        guard !problems.isEmpty else { return true }
        // What an index lacks is in its table.
        let isRepairable = problems.allSatisfy { $0.contains(" index ") }
        let detail = isRepairable ? "" : "; bring it back with `larder restore`, or with the recovery of sqlite3"
        var finding = Finding(
            .recordsDamaged,
            RecordsInspection.subject,
            problems.joined(separator: "; ") + detail,
            isRepairable: isRepairable
        )
        if isRepairable, repair != nil {
            // What keeps an index from being made again is found again.
            try? await records.rebuildIndexes()
            finding.isRepaired = try await records.integrityProblems().isEmpty
        }
        report.add([finding])
        return finding.isRepaired
    }

    // MARK: Attachments

    private func checkAttachments(_ repair: RecordsRepair?, _ report: CheckReport) async throws {
        var last: Int64 = 0
        while true {
            try Task.checkCancellation()
            let page = try await records.survey(after: last, limit: Self.batch)
            for (id, found) in page {
                last = id
                try await check(id, found, repair, report)
            }
            report.count(attachments: page.count)
            guard page.count == Self.batch else { return }
        }
    }

    private func check(
        _ id: Int64,
        _ found: Result<SurveyedAttachment, any Error>,
        _ repair: RecordsRepair?,
        _ report: CheckReport
    ) async throws {
        let first: SurveyedAttachment
        do {
            first = try found.get()
        } catch {
            let finding = Finding(.attachmentUnreadable, "attachment \(id)", "\(error)", isRepairable: false)
            return report.add([finding])
        }
        guard let (survey, findings) = try await confirmed(first) else { return }
        guard let repair, findings.contains(where: \.isRepairable) else { return report.add(findings) }
        do {
            try await repair.repair(survey, isLive: isLive)
        } catch let error as StorageError where error.code != .readOnly {
            // One that cannot be mended keeps none of the others from it.
            return report.add(findings.map { $0.noting("; it cannot be repaired now: \(error.message)") })
        }
        let after = try await records.surveyed(id)
        let left = if let after { try await self.findings(after) } else { [Finding]() }
        report.add(
            findings.map { finding in
                var finding = finding
                finding.isRepaired = !left.contains { $0.code == finding.code && $0.subject == finding.subject }
                return finding
            }
        )
    }

    /// What is wrong with an attachment, and still is when it is looked at again.
    private func confirmed(_ first: SurveyedAttachment) async throws -> (SurveyedAttachment, [Finding])? {
        let seen = try await findings(first)
        guard !seen.isEmpty else { return nil }
        guard isLive else { return (first, seen) }
        guard let second = try await records.surveyed(first.record.id) else { return nil }
        let stillThere = try await findings(second).filter { seen.contains($0) }
        return stillThere.isEmpty ? nil : (second, stillThere)
    }

    private func findings(_ found: SurveyedAttachment) async throws -> [Finding] {
        try await AttachmentCheck(objects: objects, isLive: isLive, isElsewhere: isElsewhere).findings(found)
    }

    // MARK: What no attachment knows

    private func checkDanglingRows(_ repair: RecordsRepair?, _ report: CheckReport) async throws {
        let rows = try await records.danglingRows()
        for table in Set(rows.map(\.table)) where repair != nil { try await records.removeDanglingRows(of: table) }
        let left = repair == nil || rows.isEmpty ? rows : try await records.danglingRows()
        report.add(
            rows.map { row in
                var finding = Finding(
                    row.table == .jobs ? .jobOfNoAttachment : .styleOfNoAttachment,
                    row.table == .jobs ? "job \(row.name)" : "attachment \(row.attachmentID) style \(row.name)",
                    "there is no attachment \(row.attachmentID)"
                )
                finding.isRepaired = !left.contains(row)
                return finding
            }
        )
    }

    private func checkAuthorizations(_ report: CheckReport) async throws {
        let due = clock().advanced(bySeconds: -(configuration.unclaimedLifetime + Self.sweepSlack))
        let found = try await records.unsweptAuthorizations(expiredBefore: due, limit: Self.batch)
        report.add(
            found.map { authorization in
                Finding(
                    .authorizationExpired,
                    "authorization \(authorization.prefix)",
                    "expired at \(authorization.expires.iso8601); a running server removes it and what nobody claimed of "
                        + "it, so start one, or look in its log for why it cannot",
                    isRepairable: false
                )
            }
        )
    }

    private func checkStyles(in bucket: BucketName, _ report: CheckReport) async throws {
        let newest = clock().advanced(bySeconds: -Self.orphanAge)
        try await objects.forEachPiece(under: configuration.stylesPrefix, in: bucket) { piece in
            let old = piece.filter { $0.modified <= newest }.map(\.key)
            let named = old.compactMap { key in
                StyleNaming.attachment(of: key, prefix: configuration.stylesPrefix)
                    .map { StyleObject(attachmentID: $0, bucket: bucket, key: key) }
            }
            let strangers = Set(old).subtracting(named.map(\.key)).sorted()
            report.add(
                try await records.orphans(among: named).map {
                    Self.unknown($0.key, bucket, "of no attachment; a running server removes it within hours")
                }
                    + strangers.map {
                        Self.unknown($0, bucket, "no style; only Larder writes here, so move it to another key")
                    }
            )
        }
    }

    private static func unknown(_ key: ObjectKey, _ bucket: BucketName, _ detail: String) -> Finding {
        Finding(.styleUnknown, "\(bucket)/\(key)", detail, isRepairable: false)
    }
}
