import Logging
package import S3Protocol

extension FileStore: MultipartStore {
    /// Begins an upload; durable when this returns.
    package func createMultipartUpload(
        _ request: MultipartUploadRequest,
        in bucket: BucketName
    ) async throws -> MultipartUpload {
        try root.checkWritable()
        let upload = try await bucketLocks.withLock(bucket, .shared) { [self] in
            let bucket = try registry.bucket(bucket)
            let target = target(request.key, of: bucket)
            let preceding = try await pool.run { [files] in try files.find(target)?.record?.sequence ?? 0 }
            let upload = MultipartUpload(
                id: Nonce.make(),
                key: request.key,
                bucketID: bucket.id,
                initiated: clock(),
                initiator: request.initiator,
                checksum: request.checksum,
                attributes: request.attributes,
                precedingSequence: preceding
            )
            try await pool.run { [self] in
                try root.reserve.take(0, in: root.directory)
                try uploadFiles.make(upload, durability(of: bucket))
            }
            uploads.insert(upload)
            return upload
        }
        try root.checkWritable()
        return upload
    }

    /// The upload of this id, from memory.
    package func multipartUpload(
        _ id: String,
        of key: ObjectKey,
        in bucket: BucketName
    ) throws -> MultipartUpload {
        let bucketID = try registry.bucket(bucket).id
        guard let upload = uploads.find(id), upload.bucketID == bucketID, upload.key == key else {
            throw S3Error.noSuchUpload(id)
        }
        return upload
    }

    /// All uploads of a bucket that are under way, from memory.
    package func multipartUploads(in bucket: BucketName) async throws -> [MultipartUpload] {
        let id = try registry.bucket(bucket).id
        return try await pool.run { [uploads] in uploads.all(bucketID: id) }
    }

    /// Begins a part.
    package func beginPart(
        _ number: Int,
        of upload: MultipartUpload,
        digests: ContentDigests
    ) async throws -> any PartUpload {
        try root.checkWritable()
        return FilePartUpload(store: self, upload: upload, number: number, digests: digests)
    }

    /// The parts of an upload in order of their numbers.
    package func parts(
        of upload: MultipartUpload,
        after number: Int,
        limit: Int
    ) async throws -> (parts: [StoredPart], isTruncated: Bool) {
        try await pool.run { [uploadFiles] in
            let behind = try uploadFiles.numbers(of: upload).filter { $0 > number }
            let parts = try behind.prefix(limit).compactMap { try uploadFiles.part($0, of: upload)?.part }
            return (parts, behind.count > limit)
        }
    }

    /// Ends an upload without an object.
    package func abortMultipartUpload(_ id: String, of key: ObjectKey, in bucket: BucketName) async throws {
        let upload = try multipartUpload(id, of: key, in: bucket)
        try await abort(upload)
    }

    /// Ends an upload that may have ended by now.
    func abort(_ upload: MultipartUpload) async throws {
        try root.checkWritable()
        try await uploadLocks.withLock(upload.id, .exclusive) { [self] in
            guard uploads.find(upload.id) != nil else { throw S3Error.noSuchUpload(upload.id) }
            let durability = durability(ofBucketID: upload.bucketID)
            try await pool.run { [uploadFiles] in try uploadFiles.end(upload, durability) }
            uploads.remove(upload.id)
        }
        try root.checkWritable()
        sweepLater(upload) { try $0.sweep(upload.id) }
    }

    /// Removes an upload's parts beside; what is left is swept at the next start.
    func sweepLater(_ upload: MultipartUpload, _ body: @escaping @Sendable (UploadFiles) throws -> Void) {
        pool.start { [uploadFiles, log] isRunning in
            guard isRunning else { return }
            do {
                try body(uploadFiles)
            } catch {
                log.warning("parts of an upload are left", metadata: ["upload": "\(upload.id)", "error": "\(error)"])
            }
        }
    }

    /// How changes of a bucket are made durable.
    func durability(of bucket: Bucket) -> Durability {
        bucket.settings.durability ?? configuration.durability
    }

    /// How changes of a bucket are made durable.
    func durability(ofBucketID id: String) -> Durability {
        registry.find(id: id).map(durability(of:)) ?? .strict
    }
}
