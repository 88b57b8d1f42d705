package import ObjectStorage
import S3Protocol

/// Takes over what another S3 server has left on its disk: buckets with their settings, keys with all versions.
///
/// The source is only read. What is here already stays; an import that was cut off goes on where it stopped.
package struct DriveImport: Sendable {
    /// Whose disk it is.
    package enum Origin: String, Sendable, CaseIterable {
        /// MinIO, one drive that holds whole objects.
        case minio
        /// The posix backend of versitygw.
        case versitygw
    }

    /// What is to be taken over.
    package struct Request: Sendable {
        /// Whose disk it is.
        package var origin: Origin
        /// The disk's directory.
        package var path: String
        /// The buckets; all of them when none is named.
        package var buckets: [String]
        /// Where versitygw keeps older versions.
        package var versions: String?
        /// Where versitygw keeps attributes in place of extended ones.
        package var sidecar: String?
        /// Whether it is only said what would be done.
        package var isDryRun: Bool

        /// A request of these parts.
        package init(
            origin: Origin,
            path: String,
            buckets: [String] = [],
            versions: String? = nil,
            sidecar: String? = nil,
            isDryRun: Bool = false
        ) {
            self.origin = origin
            self.path = path
            self.buckets = buckets
            self.versions = versions
            self.sidecar = sidecar
            self.isDryRun = isDryRun
        }
    }

    let store: FileStore
    let owner: String
    let request: Request

    /// An import into this store, whose new buckets get this owner.
    package init(into store: FileStore, owner: String, _ request: Request) {
        self.store = store
        self.owner = owner
        self.request = request
    }

    /// Does it.
    ///
    /// What cannot be taken over is a finding, and the others go on.
    ///
    /// - Throws: `StorageError` when the disk is none of the origin's, or cannot be read, or the store not be written;
    ///   `QuotaExceeded`; `CancellationError`.
    package func run(_ report: CheckReport) async throws {
        let pool = BlockingPool(threadCount: 1)
        do {
            try await run(report, pool)
        } catch {
            await pool.shutdown()
            throw error
        }
        await pool.shutdown()
    }

    private func run(_ report: CheckReport, _ pool: BlockingPool) async throws {
        report.begin("looking at \(request.path)")
        let source = try await pool.run { try openSource() }
        let listing = try await pool.run { try source.listing() }
        let buckets = try chosen(of: listing.buckets)
        let tally = ImportTally(report)
        for (place, reason) in listing.unreadable { tally.refuse(place, reason, versions: 0) }
        for note in listing.notes { tally.note(request.path, note) }
        do {
            for (place, bucket) in buckets.enumerated() {
                report.begin("\(bucket.name) (bucket \(place + 1) of \(buckets.count))")
                let work = BucketImport(
                    store: store,
                    owner: owner,
                    isDryRun: request.isDryRun,
                    source: source,
                    pool: pool,
                    tally: tally
                )
                try await work.run(bucket)
                report.count(buckets: 1)
            }
        } catch {
            tally.finish()
            throw error
        }
        tally.finish()
    }

    private func openSource() throws -> any ForeignSource {
        let root = try store.openSource(request.path)
        switch request.origin {
        case .minio: return try MinIOSource(root)
        case .versitygw:
            return try VersitySource(
                root,
                versions: request.versions.map { try store.openSource($0) },
                sidecar: request.sidecar.map { try store.openSource($0) },
                owner: owner
            )
        }
    }

    private func chosen(of buckets: [SourceBucket]) throws -> [SourceBucket] {
        guard !request.buckets.isEmpty else { return buckets }
        return try request.buckets.map { name in
            guard let bucket = buckets.first(where: { ByteText.equal($0.name, name) }) else {
                throw StorageError(.failed, "\(request.path) has no bucket \(name)")
            }
            return bucket
        }
    }
}
