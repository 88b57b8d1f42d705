import S3Protocol

extension FileStore {
    /// A part that is complete and durable and lacks only its place.
    struct PreparedPart: Sendable {
        let file: IncomingFile
        let part: StoredPart
    }

    /// Prepares a part and puts it into its place; other parts of the upload go on meanwhile.
    func commit(
        _ number: Int,
        of upload: MultipartUpload,
        _ prepare: @escaping @Sendable (Durability) throws -> PreparedPart
    ) async throws -> StoredPart {
        try root.checkWritable()
        let durability = durability(ofBucketID: upload.bucketID)
        let prepared = try await pool.run { try prepare(durability) }
        try await uploadLocks.withLock(upload.id, .shared) { [self] in
            guard uploads.find(upload.id) != nil else { throw S3Error.noSuchUpload(upload.id) }
            try await pool.run { [uploadFiles] in
                try uploadFiles.place(prepared.file, as: number, of: upload, durability)
            }
        }
        try root.checkWritable()
        return prepared.part
    }

    /// Gives the file of a part its record and syncs it; blocks.
    func prepare(
        _ file: IncomingFile,
        as number: Int,
        of upload: MultipartUpload,
        _ facts: (etag: ETag, checksums: [Checksum], size: Int64),
        _ durability: Durability
    ) throws -> PreparedPart {
        let now = clock()
        try file.descriptor.setModified(nanoseconds: now.nanoseconds)
        let part = StoredPart(
            number: number,
            size: facts.size,
            modified: Timestamp(nanoseconds: try file.descriptor.facts().modified),
            etag: facts.etag,
            checksums: facts.checksums
        )
        try uploadFiles.write(part, of: upload, to: file.descriptor, sequence: sequences.next(now))
        try root.sync(file.descriptor, "a part", durability)
        return PreparedPart(file: file, part: part)
    }

    /// Makes a part of a range of an object within the file system; what is read is read for its digests.
    package func copyPart(
        _ number: Int,
        of upload: MultipartUpload,
        from request: PartCopyRequest
    ) async throws -> StoredPart {
        let source = try await open(request.key, version: request.version, in: request.bucket)
        return try await copying.run {
            try await copyPart(number, of: upload, source, request)
        }
    }

    private func copyPart(
        _ number: Int,
        of upload: MultipartUpload,
        _ source: OpenObject,
        _ request: PartCopyRequest
    ) async throws -> StoredPart {
        try await commit(number, of: upload) { [self] durability in
            let range = try request.range(source.record)
            let file = try IncomingFile(in: root)
            try copy(range, of: source, to: file.descriptor)
            var digests = ContentDigests(upload.checksum.computed)
            try file.descriptor.forEachPiece(upTo: Int64(range.count)) { digests.update($0) }
            let result = digests.finalize()
            let facts = (etag: ETag(md5: result.md5), checksums: result.checksums, size: Int64(range.count))
            return try prepare(file, as: number, of: upload, facts, durability)
        }
    }
}
