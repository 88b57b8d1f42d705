package import S3Protocol

extension FileStore {
    /// Takes over versions of a key from another system, oldest first; each is durable before the next begins.
    ///
    /// Each is published as the current one in its turn, so that the store keeps those before it. A version that is here
    /// already is passed over, and one that was left out earlier gets its place between the others: an import can be
    /// repeated. Its content is proved before it is published. `isDryRun` only says what would become of each version.
    /// `onOutcome` gets the place of a version in `versions` and what became of it.
    ///
    /// - Throws: what ends the whole import: `NoSuchBucket`, `QuotaExceeded`, a root that cannot be written, a full disk,
    ///   `CancellationError`. Whatever concerns one version only is its outcome.
    package func importVersions(
        of key: ObjectKey,
        _ versions: [ImportedVersion],
        to bucket: BucketName,
        isDryRun: Bool = false,
        onOutcome: (Int, ImportOutcome) -> Void
    ) async throws {
        let target = try target(key, in: bucket)
        let series = ImportSeries(versions)
        var known: [ObjectRecord]
        do {
            known = try await pool.run { [self] in try knownVersions(of: target) }
        } catch {
            let refusal = try Self.refusal(error)
            for place in versions.indices { onOutcome(place, refusal) }
            return
        }
        for place in versions.indices {
            try Task.checkCancellation()
            let (outcome, record) = try await importVersion(place, of: series, target, known, isDryRun)
            if let record { known.append(record) }
            onOutcome(place, outcome)
        }
    }

    private func importVersion(
        _ place: Int,
        of series: ImportSeries,
        _ target: ObjectFiles.Target,
        _ known: [ObjectRecord],
        _ isDryRun: Bool
    ) async throws -> (ImportOutcome, ObjectRecord?) {
        let keepsVersions = versioning(of: target) != nil
        let placement = ImportPlacement(of: place, in: series, among: known, keepsVersions: keepsVersions)
        switch placement {
        case .present: return (.present, nil)
        case .refused(let reason): return (.refused(reason), nil)
        case .newest, .before: if isDryRun { return (.imported, nil) }
        }
        do {
            let last = placement == .newest ? known.max { $0.sequence < $1.sequence } : nil
            return (.imported, try await put(place, of: series, target, after: last))
        } catch {
            return (try Self.refusal(error), nil)
        }
    }

    /// What a failure is for one version; throws it again when it ends the import.
    private static func refusal(_ error: any Error) throws -> ImportOutcome {
        switch error {
        case let error as StorageError:
            guard error.concernsOneFile, error.code != .noSpace else { throw error }
            return .refused(error.message)
        case let error as S3Error:
            guard !["QuotaExceeded", "NoSuchBucket"].contains(error.code.rawValue) else { throw error }
            return .refused(error.reason ?? error.message)
        case is CancellationError: throw error
        default: return .refused("\(error)")
        }
    }

    private func put(
        _ place: Int,
        of series: ImportSeries,
        _ target: ObjectFiles.Target,
        after last: ObjectRecord?
    ) async throws -> ObjectRecord {
        try await change(target) { [self] intent in
            try prepare(series.versions[place], target, intent)
        } apply: { [self] prepared in
            let known = try knownVersions(of: target, behind: last)
            let keepsVersions = versioning(of: target) != nil
            switch ImportPlacement(of: place, in: series, among: known, keepsVersions: keepsVersions) {
            case .newest: return try publishNewest(prepared, target)
            case .before(let next): return try insert(prepared, target, at: next - 1)
            case .present, .refused:
                throw StorageError(.busy, "the key was written to meanwhile; import again")
            }
        }
    }

    // MARK: On the blocking pool

    /// All versions of a key that are here, in any order.
    private func knownVersions(of target: ObjectFiles.Target) throws -> [ObjectRecord] {
        let found = try files.findBoth(target)
        guard found.current == nil || found.current?.record != nil else {
            throw StorageError(.busy, "a file that was put here by hand has this name; run `larder scan` first")
        }
        let current = [found.current, found.loser].compactMap { $0?.record }
        return current + (try files.versions(of: target).records.map(\.record))
    }

    /// All versions of a key; only `last` when that still is the current one, since each costs a look.
    private func knownVersions(of target: ObjectFiles.Target, behind last: ObjectRecord?) throws -> [ObjectRecord] {
        guard let last, !last.isDeleteMarker, try files.find(target)?.record?.sequence == last.sequence else {
            return try knownVersions(of: target)
        }
        return [last]
    }

    /// The version but for its name, its content proved.
    private func prepare(
        _ version: ImportedVersion,
        _ target: ObjectFiles.Target,
        _ intent: PendingIntent
    ) throws -> PreparedObject {
        let file = try IncomingFile(in: root)
        let proved = try version.content.map { content in
            let sink = ImportSink(file, in: root, try content.digests())
            try content.write(sink)
            return try content.prove(sink.finish())
        }
        try file.descriptor.setModified(nanoseconds: version.modified.nanoseconds)
        var record = ObjectRecord(
            key: target.key,
            bucketID: target.bucketID,
            sequence: sequences.next(clock()),
            version: version.version,
            size: version.content?.size ?? 0,
            modified: Timestamp(nanoseconds: try file.descriptor.facts().modified),
            etag: proved?.etag ?? ETag(""),
            checksums: proved?.checksums ?? [],
            attributes: version.content?.attributes ?? ObjectAttributes()
        )
        record.isDeleteMarker = version.content == nil
        record.checksumType = proved?.checksumType ?? .fullObject
        record.parts = proved?.parts ?? []
        return try PreparedObject(file, record, files, target.durability, intent, keepsVersion: true)
    }

    private func publishNewest(
        _ prepared: PreparedObject,
        _ target: ObjectFiles.Target
    ) throws -> Applied<ObjectRecord> {
        guard prepared.record.isDeleteMarker else { return try publish(prepared, as: target, if: .none) }
        let room = Room(usage: writer.usage, bucketID: target.bucketID)
        defer { if !prepared.release() { writer.keepFailures([target.line]) } }
        let applied = try putMarker(prepared, target, DeletionRequest(), room)
        return Applied(value: prepared.record, row: applied.row, room: room)
    }

    /// Puts a version where it is not the newest, as the write of this sequence; the others stay as they are.
    private func insert(
        _ prepared: PreparedObject,
        _ target: ObjectFiles.Target,
        at sequence: Int64
    ) throws -> Applied<ObjectRecord> {
        let room = Room(usage: writer.usage, bucketID: target.bucketID)
        defer { if !prepared.release() { writer.keepFailures([target.line]) } }
        do {
            try root.checkWritable()
            var record = prepared.record
            record.sequence = sequence
            let file = try prepared.file()
            try files.records.rewriteOrder(of: record, sidecar: prepared.sidecar, in: file.descriptor)
            try root.sync(file.descriptor, "an imported version", target.durability)
            let usage = BucketUsage(bytes: record.size, objects: 1)
            try checkQuota(usage, target, room)
            let directory = try files.versionDirectory(of: target)
            try files.link(file, as: record.version, in: directory)
            prepared.markPublished()
            try files.sync(directory, target)
            room.settle(usage)
            var update = KeyUpdate(key: target.key, bucketID: target.bucketID)
            update.added = [IndexRow(record)]
            return Applied(value: record, row: .update(update), room: room)
        } catch {
            room.release()
            throw error
        }
    }
}
