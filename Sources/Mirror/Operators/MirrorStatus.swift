import ObjectStorage
import RemoteS3
package import S3Protocol
import Synchronization

/// How a mirrored bucket is.
package struct MirrorStatus: Sendable, Equatable {
    /// Its name here.
    package let bucket: BucketName
    /// Where it is mirrored to.
    package let place: String
    /// Whether nothing is begun for it.
    package let isPaused: Bool
    /// How many keys are in each state.
    package let counts: [MirrorState: Int64]
    /// How long the change waits that waits longest; 0 when none does.
    package let lagSeconds: Int64
    /// The bytes of the objects that wait.
    package let lagBytes: Int64
    /// Why a try of late did not succeed.
    package let lastError: String?
    /// How many keys a comparison that is under way has come to; nil when there is none.
    package let compared: Int?
}

/// How a key of a mirrored bucket is.
package struct MirrorKeyStatus: Sendable, Equatable {
    /// The bucket's name here.
    package let bucket: BucketName
    /// The key.
    package let key: ObjectKey
    /// What has become of it.
    package let state: MirrorState
    /// Tries since the last change that did not succeed.
    package let attempts: Int
    /// Why the last one did not.
    package let reason: String?
    /// Since when it is in this state, or waits.
    package let since: Timestamp?
    /// The entity tag of the remote's object, as far as it is known.
    package let etag: String?
    /// When it is tried next.
    package let nextAttempt: Timestamp?
}

/// Which keys an operator asks for.
package struct MirrorFilter: Sendable {
    /// The most keys that one list has.
    package static let longestList = 10_000

    /// Only those of this bucket.
    package var bucket: BucketName?
    /// Only this key.
    package var key: ObjectKey?
    /// Only those in this state.
    package var state: MirrorState?
    /// The most of them.
    package var limit = 100

    /// All keys.
    package init() {}
}

extension Mirror {
    /// How the mirrored buckets are, or one of them.
    ///
    /// - Throws: `NoSuchBucket` for one that is not mirrored.
    package func statuses(of name: BucketName?) async throws -> [MirrorStatus] {
        let known = try await table.buckets()
        var statuses: [MirrorStatus] = []
        for (bucket, route) in try chosen(name) {
            let row = known.first { $0.id == bucket.id }
            statuses.append(try await status(of: bucket, at: route.place, row))
        }
        return statuses
    }

    private func status(of bucket: Bucket, at place: String, _ row: MirrorBucket?) async throws -> MirrorStatus {
        let totals = if let row { try await table.totals(of: row.number) } else { MirrorTotals() }
        var counts = totals.counts
        // Rows say nothing of transfers: none of them outlives the process.
        let underWay = try await entriesUnderWay(of: bucket)
        counts[.uploading] = Int64(underWay.count)
        for entry in underWay { counts[entry.state] = max(0, (counts[entry.state] ?? 0) - 1) }
        return MirrorStatus(
            bucket: bucket.name,
            place: place,
            isPaused: row?.isPaused ?? false,
            counts: counts,
            lagSeconds: totals.oldest.map { max(0, clock().seconds - $0.seconds) } ?? 0,
            lagBytes: max(0, totals.waitingBytes),
            lastError: totals.lastReason,
            compared: lanes.withLock { $0.compared[bucket.id] }
        )
    }

    /// How keys are, by bucket and key.
    ///
    /// - Throws: `NoSuchBucket` for a bucket that is not mirrored.
    package func keys(_ filter: MirrorFilter) async throws -> [MirrorKeyStatus] {
        var found: [MirrorKeyStatus] = []
        for (bucket, _) in try chosen(filter.bucket) where found.count < filter.limit {
            if let key = filter.key {
                found += try await status(of: key, in: bucket).filter {
                    filter.state == nil || $0.state == filter.state
                }
            } else {
                found += try await keys(in: bucket, filter.state, limit: filter.limit - found.count)
            }
        }
        return found
    }

    private func keys(in bucket: Bucket, _ state: MirrorState?, limit: Int) async throws -> [MirrorKeyStatus] {
        let entries =
            if state == .uploading {
                try await entriesUnderWay(of: bucket).sorted { $0.key < $1.key }
            } else {
                try await table.entries(
                    bucketID: bucket.id,
                    states: state.map { [$0] } ?? MirrorState.allCases,
                    limit: limit
                )
            }
        return entries.prefix(limit).map { MirrorKeyStatus($0, bucket.name, isUnderWay: isUnderWay($0)) }
            .filter { state == nil || $0.state == state }
    }

    /// One that nobody has looked at has no row.
    private func status(of key: ObjectKey, in bucket: Bucket) async throws -> [MirrorKeyStatus] {
        if let entry = try await table.entry(of: key, bucketID: bucket.id) {
            return [MirrorKeyStatus(entry, bucket.name, isUnderWay: isUnderWay(entry))]
        }
        guard (try? await store.head(key, version: nil, in: bucket.name)) != nil else { return [] }
        return [
            MirrorKeyStatus(
                bucket: bucket.name,
                key: key,
                state: .local,
                attempts: 0,
                reason: nil,
                since: nil,
                etag: nil,
                nextAttempt: nil
            )
        ]
    }

    /// The mirrored buckets, or one of them.
    func chosen(_ name: BucketName?) throws -> [(bucket: Bucket, route: RemoteRoute)] {
        guard let name else { return mirrored }
        guard let found = mirrored.first(where: { $0.bucket.name == name }) else {
            throw S3Error.noSuchBucket(name).because("there is no mirrored bucket '\(name)' here")
        }
        return [found]
    }

    /// The rows of what is being sent: few, and wherever they stand among those that wait.
    private func entriesUnderWay(of bucket: Bucket) async throws -> [MirrorEntry] {
        let keys = lanes.withLock { state in
            let number = state.buckets.values.first { $0.id == bucket.id }?.number
            return state.underWay.filter { $0.bucket == number }.map(\.key)
        }
        var entries: [MirrorEntry] = []
        for key in keys {
            guard let entry = try await table.entry(of: key, bucketID: bucket.id) else { continue }
            if [.queued, .failed].contains(entry.state) { entries.append(entry) }
        }
        return entries
    }

    private func isUnderWay(_ entry: MirrorEntry) -> Bool {
        lanes.withLock { $0.underWay.contains(KeyName(bucket: entry.bucket, key: entry.key)) }
    }
}

extension MirrorKeyStatus {
    fileprivate init(_ entry: MirrorEntry, _ bucket: BucketName, isUnderWay: Bool) {
        let waits = [.queued, .failed].contains(entry.state)
        self.init(
            bucket: bucket,
            key: entry.key,
            state: waits && isUnderWay ? .uploading : entry.state,
            attempts: entry.attempts,
            reason: entry.reason,
            since: entry.since,
            etag: entry.note?.etag,
            nextAttempt: waits ? entry.due : nil
        )
    }
}
