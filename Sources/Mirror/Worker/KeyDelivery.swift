import Logging
import ObjectStorage
import RemoteS3
import S3Protocol

/// Makes the remote equal to one key.
struct KeyDelivery: Sendable {
    /// What came of it.
    enum Outcome: Sendable, Equatable {
        /// Both sides are equal.
        case equal(MirrorNote, keepsRow: Bool)
        /// The remote's object is that of others.
        case conflict(String)
    }

    /// What a delivery works with.
    struct Parts: Sendable {
        let store: FileStore
        let table: MirrorTable
        let policy: MirrorPolicy
        let throttle: Throttle
        let traits: RemoteTraits
        let log: Logger
    }

    let parts: Parts
    let entry: MirrorEntry
    let bucket: Bucket
    let remote: RemoteKey

    init(_ parts: Parts, _ entry: MirrorEntry, _ bucket: Bucket, _ route: RemoteRoute) {
        self.parts = parts
        self.entry = entry
        self.bucket = bucket
        remote = RemoteKey(route: route, key: entry.key, traits: parts.traits)
    }

    private var overwrites: Bool { entry.overwrites || parts.policy.overwrites }

    /// Makes both sides equal.
    ///
    /// - Throws: `MirrorFailure` and whatever it is made of.
    func run() async throws -> Outcome {
        guard bucket.settings.versioning != nil, try await isRemoteVersioned() else {
            return try await deliverCurrent()
        }
        return try await deliverVersions()
    }

    /// Makes the remote's object that of the current version here.
    private func deliverCurrent() async throws -> Outcome {
        let object = try await open(nil)
        try await dropUpload(unlessOf: object?.record.sequence)
        let outcome = try await step(
            object.map { .object($0) } ?? .absent(sequence: entry.note?.sequence ?? 0),
            noted: entry.note
        )
        // Where there are versions the order of writes goes on after a deletion.
        guard case .equal(let note, _) = outcome else { return outcome }
        return .equal(note, keepsRow: object != nil || bucket.settings.versioning != nil)
    }

    /// The object of a version, of the current one for nil; nil when there is none.
    func open(_ version: VersionID?) async throws -> OpenObject? {
        do {
            return try await parts.store.open(entry.key, version: version, in: bucket.name)
        } catch let error as S3Error where ["NoSuchKey", "NoSuchVersion"].contains(error.code.rawValue) {
            return nil
        }
    }

    /// What is to be at the remote.
    enum Wanted {
        case object(OpenObject)
        case absent(sequence: Int64)
    }

    /// Takes one step: the remote's current object becomes what is wanted.
    func step(_ wanted: Wanted, noted: MirrorNote?) async throws -> Outcome {
        let (local, object): (LocalKey, OpenObject?) =
            switch wanted {
            case .object(let object): (.object(LocalObject(object.record)), object)
            case .absent(let sequence): (.absent(sequence: sequence), nil)
            }
        let (found, marker) = try await remote.look(beside: object?.record)
        let plan = MirrorPlan(
            local: local,
            noted: noted,
            remote: found,
            marker: marker,
            begun: entry.upload?.sequence,
            overwrites: overwrites
        )
        switch plan {
        case .conflict(let reason): return .conflict(reason)
        case .nothing: return .equal(note(local, found, marker: marker), keepsRow: object != nil)
        case .delete, .mark:
            return .equal(note(local, nil, marker: try await remote.delete(found)), keepsRow: false)
        case .put(let old):
            guard let object else { throw MirrorFailure(.retry, "there is no object to be sent") }
            return .equal(try await put(object, replacing: old), keepsRow: true)
        case .tags:
            try await remote.setTags(object?.record.attributes.tags ?? [])
            return .equal(note(local, found, marker: nil), keepsRow: true)
        }
    }

    /// What is to be remembered of the remote once it is equal.
    private func note(_ local: LocalKey, _ found: RemoteObject?, marker: String?) -> MirrorNote {
        guard case .object(let object) = local else { return MirrorNote(sequence: local.sequence, version: marker) }
        return MirrorNote(
            sequence: object.sequence,
            etag: found?.etag,
            version: found?.version,
            tags: object.tags
        )
    }

    private func put(_ object: OpenObject, replacing old: RemoteObject?) async throws -> MirrorNote {
        let content = MirroredContent(
            content: object.content,
            size: object.record.size,
            pool: remote.route.client.pool,
            throttle: parts.throttle
        )
        guard let plan = PartPlan(object.record, bytes: parts.policy.partBytes) else {
            return try await remote.put(object.record, content, replacing: old)
        }
        let upload = ResumedUpload(
            remote: remote,
            table: parts.table,
            entry: entry,
            record: object.record,
            content: content,
            plan: plan
        )
        return try await upload.send(replacing: old)
    }

    /// Ends the upload in parts that was begun for another write than this.
    func dropUpload(unlessOf sequence: Int64?) async throws {
        guard let upload = entry.upload, upload.sequence != sequence else { return }
        do {
            try await remote.abort(upload.id)
        } catch let failure as MirrorFailure where [.attention, .refused].contains(failure.remedy) {
            parts.log.warning(
                "an upload in parts is left at the remote",
                metadata: ["key": "\(entry.key)", "upload": "\(upload.id)", "reason": "\(failure.reason)"]
            )
        }
        try await parts.table.note(MirrorUpload?.none, of: entry)
    }
}

extension LocalObject {
    /// What a record says.
    init(_ record: ObjectRecord) {
        self.init(
            sequence: record.sequence,
            etag: record.etag.text,
            size: record.size,
            tags: MirrorHeaders.tagDigest(record.attributes.tags)
        )
    }
}
