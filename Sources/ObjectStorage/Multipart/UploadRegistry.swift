import S3Protocol
import Synchronization

/// All uploads in parts that are under way, in memory.
///
/// Costs what is under way, some hundred bytes each, and not what is stored: abandoned ones end by age.
final class UploadRegistry: Sendable {
    private let uploads: Mutex<[String: MultipartUpload]>

    init(_ uploads: [MultipartUpload]) {
        self.uploads = Mutex(Dictionary(uploads.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }))
    }

    /// The upload of this id.
    func find(_ id: String) -> MultipartUpload? {
        uploads.withLock { $0[id] }
    }

    /// All of a bucket by key, then by when they were begun.
    func all(bucketID: String) -> [MultipartUpload] {
        // Taken out under the lock, looked at outside: others do not wait for the sorting.
        let all = uploads.withLock { $0 }
        return all.values.filter { $0.bucketID == bucketID }
            .sorted { ($0.key, $0.initiated, $0.id) < ($1.key, $1.initiated, $1.id) }
    }

    /// All that were begun before a time.
    func begun(before time: Timestamp) -> [MultipartUpload] {
        uploads.withLock { $0.values.filter { $0.initiated < time } }
    }

    /// Adds an upload.
    func insert(_ upload: MultipartUpload) {
        uploads.withLock { $0[upload.id] = upload }
    }

    /// Removes an upload; false when it was not there.
    @discardableResult
    func remove(_ id: String) -> Bool {
        uploads.withLock { $0.removeValue(forKey: id) != nil }
    }

    /// Removes all of a bucket.
    func removeAll(bucketID: String) -> [MultipartUpload] {
        uploads.withLock { uploads in
            let gone = uploads.values.filter { $0.bucketID == bucketID }
            for upload in gone { uploads[upload.id] = nil }
            return gone
        }
    }

    /// How many there are.
    var count: Int { uploads.withLock { $0.count } }
}
