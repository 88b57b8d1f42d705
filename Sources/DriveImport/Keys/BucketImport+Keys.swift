import ForeignDrives
import ObjectStorage
import S3Protocol

extension BucketImport {
    private static let keysAtOnce = 8

    /// Takes over all keys, several at once; the versions of one in their order.
    func importKeys(of bucket: SourceBucket, to name: BucketName, _ standing: Standing) async throws {
        let keys = try await pool.run { [source] in try source.keys(of: bucket) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            var started = 0
            while let key = try await pool.run({ try keys.next() }) {
                try Task.checkCancellation()
                guard try await canKeep(key, in: name, standing) else { continue }
                if started >= Self.keysAtOnce { try await group.next() }
                started += 1
                group.addTask { try await importKey(key, to: name, standing) }
            }
            try await group.waitForAll()
        }
        let remains = try await pool.run { keys.remains }
        for (place, reason) in remains.unreadable { tally.refuse(place, reason, versions: 0) }
        for note in remains.notes { tally.note(name.string, note) }
    }

    /// Whether the bucket keeps versions where a key has some; one that was made now is made to.
    private func canKeep(_ key: SourceKey, in name: BucketName, _ standing: Standing) async throws -> Bool {
        guard key.needsVersions else { return true }
        switch standing {
        case .imagined: return true
        case .existing, .made: if try store.bucket(name).settings.versioning != nil { return true }
        }
        guard standing == .made else {
            tally.report.count(keys: 1)
            tally.refuse(
                "\(name)/\(key.name)",
                "it has versions, and the bucket keeps none; enable its versioning and import again",
                versions: max(1, key.versions.count)
            )
            return false
        }
        _ = try await store.updateBucket(name) { $0.versioning = $0.versioning ?? .suspended }
        let loss = ImportLoss("versioning", "not recorded, though keys have versions; it is Suspended here")
        tally.leave(loss, of: name.string)
        return true
    }

    private func importKey(_ key: SourceKey, to name: BucketName, _ standing: Standing) async throws {
        tally.report.count(keys: 1)
        guard key.refusal == nil else { return tally.refuse("\(name)/\(key.name)", key.refusal ?? "") }
        let objectKey: ObjectKey
        do throws(S3Error) {
            objectKey = try ObjectKey(utf8: key.key)
        } catch {
            return tally.refuse("\(name)/\(key.name)", error.reason ?? error.message)
        }
        var outcomes: [ImportOutcome?] = key.versions.map { version in
            if case .failure(let refusal) = version.content { .refused(refusal.reason) } else { nil }
        }
        let places = outcomes.indices.filter { outcomes[$0] == nil }
        let versions = places.compactMap { try? key.versions[$0].content.get() }
        if standing == .imagined {
            for place in places { outcomes[place] = .imported }
        } else {
            try await store.importVersions(of: objectKey, versions, to: name, isDryRun: isDryRun) { index, outcome in
                outcomes[places[index]] = outcome
            }
        }
        tell(key, outcomes.map { $0 ?? .refused("it was passed over") }, of: name)
    }

    /// Counts what became of a key's versions, and reports what was refused or lost.
    private func tell(_ key: SourceKey, _ outcomes: [ImportOutcome], of name: BucketName) {
        let isOlderCurrent = outcomes.dropLast().contains { $0 == .imported || $0 == .present }
        for (place, version) in key.versions.enumerated() {
            let subject = "\(name)/\(key.name) version \(version.name)"
            switch outcomes[place] {
            case .imported:
                tally.report.count(1, bytes: version.size)
                tally.lose(version.losses, of: subject, in: name.string)
            case .present: tally.report.count(1, skipped: 1)
            case .refused(let reason):
                let isLatest = place == key.versions.count - 1
                tally.refuse(subject, reason + (isLatest && isOlderCurrent ? Self.latestMissing : ""))
            }
        }
    }

    private static let latestMissing = "; it is the newest version of its key, so that an older one is current here"
}

extension SourceKey {
    /// Whether it has more than an object without a version.
    fileprivate var needsVersions: Bool {
        guard refusal == nil else { return false }
        return versions.count > 1
            || versions.contains { version in
                guard let imported = try? version.content.get() else { return false }
                return imported.version != .null || imported.content == nil
            }
    }
}

extension SourceVersion {
    /// How many bytes it has.
    fileprivate var size: Int64 {
        (try? content.get())?.content?.size ?? 0
    }
}
