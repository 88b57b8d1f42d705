import Glibc
package import S3Protocol

/// How files get into a bucket.
package enum ImportMode: String, Sendable, CaseIterable {
    /// Copied, as clones where the file system has them.
    case copy
    /// Cloned, or not at all where the file system has no clones.
    case reflink
    /// Copied as by `copy` and then removed from where they were.
    case move
}

extension FileStore {
    private static let filesAtOnce = 8
    private static let pieceSize = 256

    /// Makes an object of every file below a directory; its key is `prefix` and the file's path.
    ///
    /// A file whose object is there with the same size and time is passed over, so that an import that was cut off goes
    /// on where it stopped. Last-Modified is the file's own. What cannot be imported is a finding; the others go on.
    /// A moved file is removed only after its object is on disk, and is never passed over: equal size and time do not
    /// prove equal content.
    ///
    /// - Throws: `NoSuchBucket`; `StorageError` when the directory cannot be read or the root not be written.
    package func importFiles(
        from path: String,
        to name: BucketName,
        prefix: String,
        mode: ImportMode,
        _ report: CheckReport
    ) async throws {
        report.begin("import into \(name)")
        let bucket = try registry.bucket(name)
        let source = try await pool.run { [rootPath = configuration.root] in
            try ImportSource(path, outside: rootPath)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            var started = 0
            while let piece = try await pool.run({ try source.next(Self.pieceSize) }) {
                report.add(piece.strays.map { Self.unusable($0, "it is no file, or its name is no UTF-8") })
                for file in piece.files {
                    try Task.checkCancellation()
                    if started >= Self.filesAtOnce { try await group.next() }
                    started += 1
                    group.addTask { [self] in
                        try await importFile(file, of: source, as: prefix + file.path, bucket, mode, report)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func importFile(
        _ file: ImportSource.File,
        of source: ImportSource,
        as key: String,
        _ bucket: Bucket,
        _ mode: ImportMode,
        _ report: CheckReport
    ) async throws {
        do {
            let target = target(try ObjectKey(key), of: bucket, mode == .move ? .strict : nil)
            let bytes = try await importFile(file, of: source, target, mode)
            report.count(1, bytes: bytes ?? 0, skipped: bytes == nil ? 1 : 0)
        } catch let error as StorageError where !error.concernsOneFile || error.code == .noSpace {
            throw error
        } catch let error as any S3ErrorConvertible where error.s3Error.code.rawValue != "QuotaExceeded" {
            report.add([Self.unusable(file.path, error.s3Error.reason ?? "\(error)")])
        }
    }

    private static func unusable(_ path: String, _ reason: String) -> Finding {
        Finding(.notImported, path, reason, isRepairable: false)
    }

    /// Returns the bytes that were copied, nil when the object was there.
    private func importFile(
        _ file: ImportSource.File,
        of source: ImportSource,
        _ target: ObjectFiles.Target,
        _ mode: ImportMode
    ) async throws -> Int64? {
        let (content, facts) = try await pool.run { try source.open(file) }
        if mode != .move, try await isThere(target, facts) { return nil }
        let record = try await change(target) { [self] intent in
            try prepareImport(of: content, facts, target, mode, intent)
        } apply: { [self] prepared in
            try publish(prepared, as: target, if: .none)
        }
        if mode == .move { try await pool.run { try source.remove(file, facts) } }
        return record.size
    }

    private func isThere(_ target: ObjectFiles.Target, _ facts: FileFacts) async throws -> Bool {
        try await pool.run { [files] in
            let record = try files.find(target)?.record
            return record?.size == facts.size && record?.modified.nanoseconds == facts.modified
        }
    }

    private func prepareImport(
        of content: FileDescriptor,
        _ facts: FileFacts,
        _ target: ObjectFiles.Target,
        _ mode: ImportMode,
        _ intent: PendingIntent
    ) throws -> PreparedObject {
        try root.reserve.take(Int(facts.size), in: root.directory)
        let file = try IncomingFile(in: root)
        if mode == .reflink {
            try file.descriptor.clone(content)
        } else {
            _ = try file.descriptor.copyContent(of: content, size: facts.size)
        }
        try file.descriptor.setModified(nanoseconds: facts.modified)
        var digests = ContentDigests()
        // Of the copy: what was hashed is what is stored, whatever happens to the source.
        try file.descriptor.forEachPiece(upTo: facts.size) { digests.update($0) }
        let (result, own) = (digests.finalize(), try file.descriptor.facts())
        guard own.size == facts.size, try content.facts() == facts else {
            throw StorageError(.busy, "it was changed while it was imported; import it again")
        }
        var attributes = ObjectAttributes()
        attributes.headers["content-type"] = "binary/octet-stream"
        let sequence = sequences.next(clock())
        let record = ObjectRecord(
            key: target.key,
            bucketID: target.bucketID,
            sequence: sequence,
            version: newVersion(of: target, sequence),
            size: own.size,
            modified: Timestamp(nanoseconds: own.modified),
            etag: ETag(md5: result.md5),
            checksums: [result.checksum],
            attributes: attributes
        )
        return try PreparedObject(file, record, files, target.durability, intent)
    }
}

extension ImportSource {
    /// A file of the directory, open, and what it is.
    func open(_ file: File) throws -> (FileDescriptor, FileFacts) {
        guard let content = try directory.open(file.path, O_RDONLY | O_NONBLOCK) else {
            throw StorageError(.failed, "it is not there any more")
        }
        return (content, try content.facts())
    }

    /// Removes a file that was moved, unless it was changed meanwhile.
    func remove(_ file: File, _ facts: FileFacts) throws {
        let names = file.path.pathSegments
        guard let name = names.last else { return }
        let path = names.dropLast().joined(separator: "/")
        guard let parent = try path.isEmpty ? directory : directory.openDirectory(path) else { return }
        guard try parent.facts(ofName: name) == facts else { return }
        try parent.unlink(name)
    }
}
