import ForeignDrives
import ObjectStorage
import S3Protocol

/// Takes over one bucket.
struct BucketImport: Sendable {
    let store: FileStore
    let owner: String
    let isDryRun: Bool
    let source: any ForeignSource
    /// For the source, which takes one call at a time.
    let pool: BlockingPool
    let tally: ImportTally

    /// What a bucket is when its keys come.
    enum Standing {
        /// It was here before.
        case existing
        /// It was made now.
        case made
        /// It would be made, if this were no dry run.
        case imagined
    }

    /// Makes the bucket if it is missing, takes over its keys and then lets its lifecycle rules begin.
    ///
    /// - Throws: what ends the whole import.
    func run(_ bucket: SourceBucket) async throws {
        guard let name = try? BucketName(bucket.name) else {
            return tally.refuse(bucket.name, "it cannot be the name of a bucket here", versions: 0)
        }
        for loss in bucket.draft.losses { tally.leave(loss, of: bucket.name) }
        guard let standing = try await prepare(name, bucket.draft) else { return }
        let before = tally.report.state
        try await importKeys(of: bucket, to: name, standing)
        if isDryRun {
            tell(of: name, before, tally.report.state)
        } else {
            try await beginLifecycle(bucket.draft, of: name)
        }
    }

    private func tell(of name: BucketName, _ before: CheckReport.State, _ after: CheckReport.State) {
        let (versions, there) = (after.objects - before.objects, after.skipped - before.skipped)
        let refused = after.refused - before.refused
        tally.note(
            name.string,
            "\(after.keys - before.keys) keys with \(versions) versions: \(versions - there - refused) would be imported "
                + "(\(after.bytes - before.bytes) bytes), \(there) are there, \(refused) refused"
        )
    }

    /// The bucket as it is now; nil when it cannot take the keys.
    private func prepare(_ name: BucketName, _ draft: BucketDraft) async throws -> Standing? {
        if let existing = try? store.bucket(name) { return check(existing, draft) ? .existing : nil }
        guard !isDryRun else {
            let settings = draft.settingNames.isEmpty ? "no settings" : draft.settingNames.joined(separator: ", ")
            tally.note(name.string, "would be made, with \(settings)")
            return .imagined
        }
        let settings = draft.initialSettings
        if let created = draft.created {
            _ = try await store.createBucket(name, owner: owner, settings: settings, created: created)
        } else {
            _ = try await store.createBucket(name, owner: owner, settings: settings)
        }
        return .made
    }

    /// Whether a bucket that was here before can take the keys.
    private func check(_ existing: Bucket, _ draft: BucketDraft) -> Bool {
        guard existing.settings.versioning != nil || draft.settings.versioning == nil else {
            tally.refuse(
                existing.name.string,
                "the bucket was here before and keeps no versions, as the source's does; enable its versioning and "
                    + "import again",
                versions: 0
            )
            return false
        }
        for setting in draft.differences(from: existing.settings) {
            tally.leave(ImportLoss(setting, "the bucket was here before and keeps its own"), of: existing.name.string)
        }
        return true
    }

    private func beginLifecycle(_ draft: BucketDraft, of name: BucketName) async throws {
        let (initial, wanted) = (draft.initialSettings.lifecycle, draft.settings.lifecycle)
        guard wanted != initial else { return }
        _ = try await store.updateBucket(name) { settings in
            if settings.lifecycle == initial { settings.lifecycle = wanted }
        }
    }
}
