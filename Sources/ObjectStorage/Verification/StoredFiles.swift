package import S3Protocol

/// Tells what lies at keys, for checks of what names objects from elsewhere: nothing is adopted, healed or changed.
package struct StoredFiles: Sendable {
    /// What lies at a key.
    package enum Entry: Equatable, Sendable {
        /// Nothing, or its bucket is not there.
        case absent
        /// A file that was put or changed by hand: it becomes another object as soon as the store looks at it.
        case changed
        /// A file that cannot be read, which a check of the store itself reports.
        case unreadable
        /// An object of this record.
        case object(ObjectRecord)
    }

    private static let pieceSize = 512

    private let files: ObjectFiles
    private let pool: BlockingPool
    private let bucket: @Sendable (BucketName) -> Bucket?

    init(files: ObjectFiles, pool: BlockingPool, bucket: @escaping @Sendable (BucketName) -> Bucket?) {
        (self.files, self.pool, self.bucket) = (files, pool, bucket)
    }

    /// What lies at a key now.
    package func entry(_ key: ObjectKey, in name: BucketName) async throws -> Entry {
        guard let bucket = bucket(name) else { return .absent }
        return try await pool.run { try entry(Self.target(key, bucket)) }
    }

    /// Goes through the objects under a prefix that ends in a slash, in pieces; costs a look at each of the files.
    package func forEachPiece(
        under prefix: String,
        in name: BucketName,
        _ body: ([ObjectRecord]) async throws -> Void
    ) async throws {
        guard let bucket = bucket(name) else { return }
        for top in Self.directories(of: prefix, bucket) {
            let walk = BucketWalk(bucket, files, below: top)
            while let piece = try await pool.run({ try walk.next(Self.pieceSize) }) {
                try Task.checkCancellation()
                let keys = piece.keys.filter { $0.utf8.starts(with: prefix.utf8) }
                try await body(pool.run { try keys.compactMap { try record(Self.target($0, bucket)) } })
            }
        }
    }

    /// Where objects under a prefix can lie.
    private static func directories(of prefix: String, _ bucket: Bucket) -> [String] {
        let escaped = KeyPlace.escapedDirectory(bucket.id)
        guard KeyPlace.isSafePath(Array(prefix.utf8.dropLast())) else { return [escaped] }
        return ["\(KeyPlace.bucketDirectory(bucket.name))/\(prefix.dropLast())", escaped]
    }

    private func entry(_ target: ObjectFiles.Target) throws -> Entry {
        do {
            guard let found = try files.findBoth(target).current else { return .absent }
            return found.record.map { .object($0) } ?? .changed
        } catch let error as StorageError where error.concernsOneFile {
            return .unreadable
        }
    }

    private func record(_ target: ObjectFiles.Target) throws -> ObjectRecord? {
        if case .object(let record) = try entry(target) { record } else { nil }
    }

    private static func target(_ key: ObjectKey, _ bucket: Bucket) -> ObjectFiles.Target {
        ObjectFiles.Target(key: key, bucket: bucket.name, bucketID: bucket.id, durability: .strict)
    }
}

extension FileStore {
    /// What lies at keys, without the healing that every request does.
    package var storedFiles: StoredFiles {
        StoredFiles(files: files, pool: pool) { [registry] name in try? registry.bucket(name) }
    }
}
