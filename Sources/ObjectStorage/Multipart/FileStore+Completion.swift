import Logging
import Synchronization
package import S3Protocol

extension FileStore {
    /// Puts the chosen parts together and publishes the object.
    package func completeMultipartUpload(
        _ id: String,
        of key: ObjectKey,
        in bucket: BucketName,
        precondition: WritePrecondition,
        _ choose: @escaping @Sendable (MultipartUpload, [StoredPart]) throws -> MultipartAssembly
    ) async throws -> ObjectRecord {
        let target = try target(key, in: bucket)
        let record = try await uploadLocks.withLock(id, .exclusive) { [self] in
            guard let upload = try? multipartUpload(id, of: key, in: bucket) else {
                return try await completed(id, target)
            }
            let record = try await copying.run {
                try await change(target) { [self] intent in
                    try assemble(upload, target, choose, intent)
                } apply: { [self] prepared in
                    try checkUnchanged(since: upload, target, precondition)
                    return try publish(prepared, as: target, if: precondition) {
                        try retire(upload, target)
                    }
                }
            }
            uploads.remove(id)
            sweepLater(upload) { try $0.sweepRetired(id) }
            return record
        }
        try root.checkWritable()
        return record
    }

    /// Throws `ConditionalRequestConflict` when a precondition holds, but not of the key as it was when the upload was begun,
    /// since it was written or deleted meanwhile; `PreconditionFailed` and `NoSuchKey` when it does not hold.
    private func checkUnchanged(
        since upload: MultipartUpload,
        _ target: ObjectFiles.Target,
        _ precondition: WritePrecondition
    ) throws {
        let condition: String
        switch precondition {
        case .none: return
        case .ifAbsent: condition = "If-None-Match"
        case .ifExists, .ifMatches: condition = "If-Match"
        }
        let found = try checkedFiles(target, precondition)
        guard found.current?.record?.sequence ?? 0 != upload.precedingSequence else { return }
        throw S3Error.conditionalRequestConflict(condition: condition, key: target.key)
    }

    /// Takes an upload away whose object is published: a failure changes nothing about that, and what is left is swept at
    /// the next start, since the object names the upload.
    private func retire(_ upload: MultipartUpload, _ target: ObjectFiles.Target) throws {
        do {
            try uploadFiles.retire(upload, target.durability)
        } catch let error as StorageError where error.code != .readOnly {
            log.warning("a completed upload is left", metadata: ["upload": "\(upload.id)", "error": "\(error)"])
            try? uploadFiles.end(upload, target.durability)
        }
    }

    /// The object that an upload made which is over.
    private func completed(_ id: String, _ target: ObjectFiles.Target) async throws -> ObjectRecord {
        let record = try await withKeyLocked(target) { [self] in
            try await pool.run { [self] in try files.version(madeBy: id, of: target) }
        }
        guard let record else { throw S3Error.noSuchUpload(id) }
        return record
    }

    /// The whole object but for its name; blocks.
    private func assemble(
        _ upload: MultipartUpload,
        _ target: ObjectFiles.Target,
        _ choose: (MultipartUpload, [StoredPart]) throws -> MultipartAssembly,
        _ intent: PendingIntent
    ) throws -> PreparedObject {
        let there = try uploadFiles.numbers(of: upload).compactMap { try uploadFiles.part($0, of: upload)?.part }
        let assembly = try choose(upload, there)
        let file = try IncomingFile(in: root)
        let size = try append(assembly.parts, of: upload, to: file.descriptor)
        let now = clock()
        try file.descriptor.setModified(nanoseconds: now.nanoseconds)
        let sequence = sequences.next(now)
        var record = ObjectRecord(
            key: target.key,
            bucketID: target.bucketID,
            sequence: sequence,
            version: newVersion(of: target, sequence),
            size: size,
            modified: Timestamp(nanoseconds: try file.descriptor.facts().modified),
            etag: assembly.etag,
            checksums: assembly.checksum.map { [$0] } ?? [],
            attributes: upload.attributes
        )
        record.checksumType = upload.checksum.type
        record.uploadID = upload.id
        record.parts = assembly.parts.map { part in
            let checksum = upload.checksum.algorithm.flatMap { wanted in
                part.checksums.first { $0.algorithm == wanted }
            }
            return ObjectPart(number: part.number, size: part.size, checksum: checksum)
        }
        return try PreparedObject(file, record, files, target.durability, intent)
    }

    /// Puts parts one behind the other, as clones or within the kernel; returns the length of all.
    private func append(_ parts: [StoredPart], of upload: MultipartUpload, to file: FileDescriptor) throws -> Int64 {
        try root.reserve.take(Int(parts.reduce(0) { $0 + $1.size }), in: root.directory)
        var offset: Int64 = 0
        for part in parts {
            guard let (found, source) = try uploadFiles.part(part.number, of: upload), found == part,
                try file.append(0..<part.size, of: source, at: offset) == part.size
            else { throw StorageError(.busy, "part \(part.number) is being changed by another program") }
            offset += part.size
        }
        return offset
    }

    // MARK: Uploads that nobody completes

    /// Ends the uploads that were begun too long ago; returns how many.
    @discardableResult
    package func expireMultipartUploads() async -> Int {
        guard let age = configuration.multipartExpiry else { return 0 }
        let abandoned = uploads.begun(before: clock().advanced(bySeconds: -age.components.seconds))
        for upload in abandoned {
            do {
                try await abort(upload)
                log.notice(
                    "an upload in parts that nobody completed is removed",
                    metadata: ["key": "\(upload.key)", "upload": "\(upload.id)"]
                )
            } catch {
                log.warning("an abandoned upload is left", metadata: ["upload": "\(upload.id)", "error": "\(error)"])
            }
        }
        return abandoned.count
    }

    /// Looks for abandoned uploads every hour until `close`.
    func startExpiring() {
        guard configuration.multipartExpiry != nil else { return }
        let task = Task {
            repeat { await expireMultipartUploads() } while (try? await Task.sleep(for: .seconds(3600))) != nil
        }
        background.withLock { $0.append(task) }
    }

    /// Removes uploads whose object was published before the server ended, and those of buckets that are gone.
    func settleUploads() async {
        for upload in uploads.begun(before: Timestamp(nanoseconds: .max)) {
            let bucket = registry.find(id: upload.bucketID)
            do {
                let isOver = try await pool.run { [self] in
                    guard let bucket else { return true }
                    return try files.version(madeBy: upload.id, of: target(upload.key, of: bucket)) != nil
                }
                guard isOver else { continue }
                uploads.remove(upload.id)
                try await pool.run { [uploadFiles] in try uploadFiles.sweep(upload.id) }
            } catch {
                log.error("an upload in parts is left", metadata: ["upload": "\(upload.id)", "error": "\(error)"])
            }
        }
    }
}

extension ObjectFiles {
    /// The version of a key that a multipart upload has made, current or not.
    func version(madeBy uploadID: String, of target: Target) throws -> ObjectRecord? {
        if let current = try find(target)?.record, current.uploadID == uploadID { return current }
        for id in try versionIDs(of: target) {
            let record = try version(id, of: target)?.record
            if let record, record.uploadID == uploadID { return record }
        }
        return nil
    }
}
