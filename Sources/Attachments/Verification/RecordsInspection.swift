import GRDB
package import ObjectStorage
package import S3Protocol

/// A check of records that no server holds: nothing is changed, made or brought up to date.
package struct RecordsInspection: Sendable {
    /// Where the records are, below the root.
    static let subject = ".larder/records.sqlite"

    private let root: String
    private let configuration: AttachmentsConfiguration
    private let clock: @Sendable () -> Timestamp

    /// An inspection of the records of a root whose lock the caller holds.
    package init(
        root: String,
        configuration: AttachmentsConfiguration,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.root = root
        self.configuration = configuration
        self.clock = clock
    }

    /// Checks the records against each other and against the objects.
    package func check(against objects: StoredFiles, _ report: CheckReport) async throws {
        do {
            guard let records = try SQLiteRecordStore(inspecting: "\(root)/\(Self.subject)") else {
                return report.add([Self.missing])
            }
            defer { try? records.close() }
            let check = RecordsCheck(
                configuration: configuration,
                records: records,
                objects: objects,
                isLive: false,
                repair: nil,
                clock: clock
            )
            try await check.run(repair: false, report)
        } catch let error as AttachmentsError {
            let code: Finding.Code = error.code == .newerRecords ? .recordsNewer : .recordsDamaged
            report.add([Finding(code, Self.subject, error.message, isRepairable: false)])
        } catch let error as StorageError {
            report.add([Finding(.recordsDamaged, Self.subject, error.message, isRepairable: false)])
        }
    }

    private static var missing: Finding {
        Finding(
            .recordsMissing,
            subject,
            "attachments, tokens and access keys are not there; bring them back with `larder restore`: a start, or "
                + "--repair, begins with none"
        )
    }
}
