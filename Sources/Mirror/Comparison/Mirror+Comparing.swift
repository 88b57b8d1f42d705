import NIOCore
import ObjectStorage
import RemoteS3
package import S3Protocol
import Synchronization

extension Mirror {
    /// Compares a bucket with what it is mirrored to, and does what is asked for.
    ///
    /// - Throws: `NoSuchBucket` for one that is not mirrored; `MirrorFailure` when the remote cannot be asked.
    package func compare(_ name: BucketName, _ request: ComparisonRequest) async throws -> MirrorComparison {
        guard let (bucket, route) = try chosen(name).first else { throw S3Error.noSuchBucket(name) }
        if hasNewBucket { try await refreshBuckets() }
        defer { noteCompared(nil, of: bucket) }
        var comparison = BucketComparison(self, bucket, route, request)
        let result = try await comparison.run()
        try await ledger.keep()
        return result
    }

    /// Notes how many keys a comparison has come to, nil for its end.
    func noteCompared(_ count: Int?, of bucket: Bucket) {
        lanes.withLock { $0.compared[bucket.id] = count }
    }

    /// Has a key made equal when its turn comes.
    func queue(_ key: ObjectKey, of bucket: Bucket) {
        ledger.changed([KeyChange(bucket: bucket.name, bucketID: bucket.id, key: key)])
    }

    /// Keeps the lanes from a key; false when one of them has it, for some seconds.
    func hold(_ key: ObjectKey, of bucket: Bucket) async -> Bool {
        for _ in 0..<100 {
            let isHeld = lanes.withLock { state in
                guard let number = state.buckets.values.first(where: { $0.id == bucket.id })?.number else {
                    return false
                }
                return state.underWay.insert(KeyName(bucket: number, key: key)).inserted
            }
            if isHeld { return true }
            guard (try? await Task.sleep(for: .milliseconds(100))) != nil else { return false }
        }
        return false
    }

    /// Lets the lanes have a key again.
    func release(_ key: ObjectKey, of bucket: Bucket) {
        lanes.withLock { state in
            guard let number = state.buckets.values.first(where: { $0.id == bucket.id })?.number else { return }
            state.underWay.remove(KeyName(bucket: number, key: key))
        }
        wake()
    }

    /// Copies an object of the remote here, unless there is one by now; false when there is, or when it is gone.
    func pull(_ remote: RemoteKey, to bucket: Bucket) async throws -> Bool {
        guard let source = try await remote.get() else { return false }
        let upload = try await store.beginUpload(of: remote.key, to: bucket.name, digests: ContentDigests())
        do {
            while let chunk = try await source.next() { try await upload.write(chunk) }
            guard upload.byteCount == source.size else { throw MirrorFailure(.retry, "the remote's object was cut") }
            let record = try await upload.commit(
                source.attributes,
                demand: ContentDigestDemand(contentMD5: source.md5),
                precondition: .ifAbsent
            )
            try await noteEqual(record, source, in: bucket)
            return true
        } catch let error as S3Error where error.code == "PreconditionFailed" {
            await upload.abort()
            return false
        } catch let error as S3Error where error.code == "BadDigest" {
            await upload.abort()
            throw MirrorFailure(.retry, "the remote's object '\(remote.key)' came otherwise than its entity tag says")
        } catch {
            await upload.abort()
            throw error
        }
    }

    /// Notes that the remote has this object already, so that it is not sent there again.
    private func noteEqual(_ record: ObjectRecord, _ source: RemoteContent, in bucket: Bucket) async throws {
        queue(record.key, of: bucket)
        try await ledger.keep()
        guard let entry = try await table.entry(of: record.key, bucketID: bucket.id) else { return }
        let tags = MirrorHeaders.tagDigest(record.attributes.tags)
        let note = MirrorNote(sequence: record.sequence, etag: source.etag, version: source.version, tags: tags)
        try await table.note(note, of: entry)
    }
}
