import GRDB
package import S3Protocol
import Synchronization

extension FileStore: VersionStore {
    /// One page of a bucket's versions; never a partial one.
    package func listVersions(_ query: VersionListQuery, in bucket: BucketName) async throws -> VersionListPage {
        try await listed(bucket) { index, bucketID in
            try IndexVersionListing(query, bucketID: bucketID).page(in: index)
        }
    }

    /// Changes what a client has set on a version; the content and its time stay.
    package func updateAttributes(
        of key: ObjectKey,
        version: VersionID?,
        in bucket: BucketName,
        _ transform: @escaping @Sendable (inout ObjectAttributes) throws -> Void
    ) async throws -> ObjectRecord {
        let target = try target(key, in: bucket)
        return try await change(target) { intent in
            intent
        } apply: { [self] intent in
            try root.checkWritable()
            let file = try settledFile(target, version)
            guard let old = file.record else { throw S3Error.noSuchKey(key) }
            var record = old
            try transform(&record.attributes)
            try rewrite(file, record, target, intent)
            let row = record.version == old.version && file.place.kind != .version
            return Applied(value: record, row: row ? .put(IndexRow(record), bucketID: target.bucketID) : nil)
        }
    }

    /// The file of a version with its record; under the key's lock.
    private func settledFile(_ target: ObjectFiles.Target, _ version: VersionID?) throws -> FoundFile {
        var found = try files.findBoth(target)
        if let current = found.current, current.record == nil {
            try adopt(current, target, after: found.lastSequence)
            found = try files.findBoth(target)
        }
        guard let version else {
            if let current = found.current { return current }
            guard let newest = try files.newestVersion(of: target)?.record, newest.isDeleteMarker else {
                throw S3Error.noSuchKey(target.key)
            }
            throw S3Error.deleteMarkerNotAllowed(newest.version, method: "PUT")
        }
        if let current = found.current, current.record?.version == version { return current }
        guard let file = try files.version(version, of: target), let record = file.record else {
            throw S3Error.noSuchVersion(target.key, version: version)
        }
        guard !record.isDeleteMarker else { throw S3Error.deleteMarkerNotAllowed(version, method: "PUT") }
        return file
    }

    /// Replaces the record of a file that has its place: one `fsetxattr`, then the sync.
    private func rewrite(
        _ file: FoundFile,
        _ record: ObjectRecord,
        _ target: ObjectFiles.Target,
        _ intent: PendingIntent
    ) throws {
        let sidecar = try files.records.write(record, to: file.descriptor, target.durability) { _ = try intent.wait() }
        defer { if let sidecar { files.records.registry.unregister(sidecar) } }
        try root.syncPublished(file.descriptor, "an object's record", target.durability)
        files.records.forget(file.attribute)
        if file.sidecar != nil, !files.discardSidecar(of: file, target) { writer.keepFailures([target.line]) }
    }

    /// Why there is no current version: there never was one, or a delete marker is the newest.
    func absence(of target: ObjectFiles.Target) throws -> S3Error {
        guard let newest = try files.newestVersion(of: target)?.record, newest.isDeleteMarker else {
            return .noSuchKey(target.key)
        }
        return .noSuchKey(target.key, marker: newest.version)
    }
}
