import ObjectStorage
import S3Protocol

/// Holds one attachment against the objects that it names, and against its job.
struct AttachmentCheck: Sendable {
    let objects: StoredFiles
    /// Whether a server may be deleting attachments meanwhile.
    let isLive: Bool
    /// Whether a bucket is in a remote S3, where nobody looks.
    let isElsewhere: @Sendable (BucketName) -> Bool

    /// What is wrong with it; nothing is changed.
    func findings(_ found: SurveyedAttachment) async throws -> [Finding] {
        guard !found.isDeleting else { return deletionFindings(found) }
        guard !isElsewhere(found.record.object.bucket) else { return jobFindings(found) }
        let (record, original) = (found.record, try await original(found.record))
        return original.finding + (try await styleFindings(record, original)) + jobFindings(found)
    }

    private struct Original {
        var finding: [Finding] = []
        /// Whether there is something to make styles of.
        var isThere = true
        /// Whether the styles that are recorded are those of what is there.
        var isSame = true
    }

    private func original(_ record: AttachmentRecord) async throws -> Original {
        let object = record.object
        switch try await objects.entry(object.key, in: object.bucket) {
        case .unreadable: return Original()
        case .absent:
            let detail =
                "\(Self.path(record)) is not there; bring it back from a backup, or delete the attachment by the API"
            let finding = Finding(.originalMissing, Self.subject(record), detail, isRepairable: false)
            return Original(finding: [finding], isThere: false)
        case .changed:
            let detail = "\(Self.path(record)) was changed by hand; its styles are to be made anew"
            return Original(finding: [Finding(.originalDiffers, Self.subject(record), detail)], isSame: false)
        case .object(let there):
            let pinned = PinnedObject(there, in: object.bucket)
            guard pinned != object else { return Original() }
            let detail =
                "\(Self.path(record)) has \(pinned.byteSize) bytes and ETag \(pinned.etag.text), the attachment is of "
                + "\(object.byteSize) and \(object.etag.text); its styles are to be made anew"
            return Original(finding: [Finding(.originalDiffers, Self.subject(record), detail)], isSame: false)
        }
    }

    // Of another original they are worth nothing, whatever is there of them.
    private func styleFindings(_ record: AttachmentRecord, _ original: Original) async throws -> [Finding] {
        guard original.isSame else { return [] }
        var findings: [Finding] = []
        for style in record.styles {
            let entry = try await objects.entry(style.key, in: record.object.bucket)
            guard let (code, problem) = Self.fault(of: style, entry) else { continue }
            let way = original.isThere ? "it is to be made anew" : "without the original it cannot be made anew"
            findings.append(
                Finding(
                    code,
                    "\(Self.subject(record)) style \(style.name)",
                    "\(record.object.bucket)/\(style.key) \(problem); \(way)",
                    isRepairable: original.isThere
                )
            )
        }
        return findings
    }

    private static func fault(of style: StyleRecord, _ entry: StoredFiles.Entry) -> (Finding.Code, String)? {
        switch entry {
        case .unreadable: nil
        case .absent: (.styleMissing, "is not there")
        case .changed: (.styleDiffers, "was changed by hand")
        case .object(let there) where there.size != style.byteSize:
            (.styleDiffers, "has \(there.size) bytes, \(style.byteSize) were made")
        case .object: nil
        }
    }

    private func jobFindings(_ found: SurveyedAttachment) -> [Finding] {
        guard found.record.isProcessing, found.job == nil || found.job == .dead else { return [] }
        return [Finding(.jobMissing, Self.subject(found.record), "its styles are pending, and no job makes them")]
    }

    private func deletionFindings(_ found: SurveyedAttachment) -> [Finding] {
        let subject = Self.subject(found.record)
        let job = Finding(.jobOfDeleted, subject, "it is being deleted and has a job")
        let deletion = Finding(
            .deletionUnfinished,
            subject,
            "its deletion was interrupted: \(Self.path(found.record)), its styles and its record are to go"
        )
        // A server finishes what it began, and what others left every ten minutes.
        return (found.job == nil ? [] : [job]) + (isLive ? [] : [deletion])
    }

    private static func subject(_ record: AttachmentRecord) -> String { "attachment \(record.id)" }

    private static func path(_ record: AttachmentRecord) -> String { "\(record.object.bucket)/\(record.object.key)" }
}
