import Synchronization
import GRDB
package import S3Protocol

extension FileStore: ObjectStore {
    /// One page of a bucket's keys in byte order; never a partial one.
    package func list(_ query: ListQuery, in bucket: BucketName) async throws -> ListPage {
        try await listed(bucket) { index, bucketID in try IndexListing(query, bucketID: bucketID).page(in: index) }
    }

    /// Reads a page of a bucket's rows once all that was acknowledged is among them.
    func listed<Page: Sendable>(
        _ bucket: BucketName,
        _ page: @escaping @Sendable (IndexDatabase, _ bucketID: String) throws -> Page
    ) async throws -> Page {
        let id = try registry.bucket(bucket).id
        guard !incomplete.withLock({ $0.contains(id) }) else {
            throw S3Error.slowDown(retryAfter: 2).because(IndexListing.incomplete)
        }
        // Rows follow their files a little later.
        await writer.flush()
        guard writer.isSound(bucketID: id) else {
            // Tried again at once: whatever kept the rows from being written may be over.
            requestCheckpoint.yield()
            throw S3Error.slowDown(retryAfter: 1).because("rows of the bucket could not be written to the index yet")
        }
        return try await pool.run { [index] in
            do {
                return try page(index, id)
            } catch let error as DatabaseError {
                throw StorageError(.failed, "cannot read the index (\(error)); delete index.sqlite and restart")
            }
        }
    }
}
