import NIOCore
package import S3Protocol

extension FileStore {
    /// Makes an object of another one's content.
    ///
    /// The bytes are cloned or copied within the kernel. They are read only when the source's digests do not tell the
    /// copy's: an object of many parts has another entity tag, and another checksum may be wanted.
    package func copy(_ request: CopyRequest, to key: ObjectKey, in bucket: BucketName) async throws -> ObjectRecord {
        let target = try target(key, in: bucket)
        let source = try await open(request.key, version: request.version, in: request.bucket)
        let attributes = try await pool.run { try request.attributes(source.record) }
        return try await copying.run {
            try await change(target) { [self] intent in
                try prepareCopy(of: source, request, attributes, target, intent)
            } apply: { [self] prepared in
                try publish(prepared, as: target, if: request.precondition)
            }
        }
    }

    private func prepareCopy(
        of source: OpenObject,
        _ request: CopyRequest,
        _ attributes: ObjectAttributes,
        _ target: ObjectFiles.Target,
        _ intent: PendingIntent
    ) throws -> PreparedObject {
        let file = try IncomingFile(in: root)
        try copy(0..<source.record.size, of: source, to: file.descriptor)
        let algorithm = request.checksumAlgorithm ?? source.record.checksums.first?.algorithm ?? .standard
        let (etag, checksum) = try digests(ofCopy: file.descriptor, of: source.record, algorithm)
        let now = clock()
        try file.descriptor.setModified(nanoseconds: now.nanoseconds)
        let sequence = sequences.next(now)
        let record = ObjectRecord(
            key: target.key,
            bucketID: target.bucketID,
            sequence: sequence,
            version: newVersion(of: target, sequence),
            size: source.record.size,
            modified: Timestamp(nanoseconds: try file.descriptor.facts().modified),
            etag: etag,
            checksums: [checksum],
            attributes: attributes
        )
        return try PreparedObject(file, record, files, target.durability, intent)
    }

    /// Copies a range of an object's content into an empty file.
    func copy(_ range: Range<Int64>, of source: OpenObject, to file: FileDescriptor) throws {
        try root.reserve.take(range.count, in: root.directory)
        switch source.content {
        case .bytes(let buffer):
            try buffer.withUnsafeReadableBytes { bytes in
                let piece = bytes[Int(range.lowerBound)..<Int(range.upperBound)]
                try file.write(UnsafeRawBufferPointer(rebasing: piece), at: 0)
            }
        case .file(let open):
            guard try file.append(range, of: open, at: 0) == range.count else {
                throw StorageError(.busy, "the source of the copy is being changed by another program")
            }
        }
    }

    private func digests(
        ofCopy file: FileDescriptor,
        of record: ObjectRecord,
        _ algorithm: ChecksumAlgorithm
    ) throws -> (ETag, Checksum) {
        // The tag of content that came in one piece is its MD5, and 32 digits long.
        if record.etag.text.utf8.count == 32, record.checksumType == .fullObject,
            let checksum = record.checksums.first(where: { $0.algorithm == algorithm })
        {
            return (record.etag, checksum)
        }
        var digests = ContentDigests(algorithm)
        try file.forEachPiece(upTo: record.size) { digests.update($0) }
        let result = digests.finalize()
        return (ETag(md5: result.md5), result.checksum)
    }
}
