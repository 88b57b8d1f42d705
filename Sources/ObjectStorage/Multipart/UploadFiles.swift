import Glibc
import Logging
import S3Protocol

/// The directories of uploads in parts: `.larder/multipart/<upload id>/`.
///
/// All of it blocks; changes of an upload need its lock.
struct UploadFiles: Sendable {
    static let path = ".larder/multipart"
    static let document = "upload.json"
    private static let longestDocument = 4 << 20

    let root: StorageRoot
    let records: RecordFiles

    /// All uploads that are there; directories without a document are what aborted ones have left, and go.
    func load(_ log: Logger) throws -> [MultipartUpload] {
        try ids().compactMap { id in
            do {
                if let upload = try upload(id) { return upload }
                try sweep(id)
            } catch let error as StorageError where error.concernsOneFile {
                log.error("an upload in parts cannot be read", metadata: ["upload": "\(id)", "error": "\(error)"])
            }
            return nil
        }
    }

    /// The names of all directories that can be an upload's.
    func ids() throws -> [String] {
        let entries = try root.directory.openDirectory(Self.path)?.entries() ?? []
        return entries.compactMap { entry in
            guard entry.kind == .directory, let id = entry.name, (try? VersionID(id)) != nil else { return nil }
            return id
        }
    }

    /// The upload of this id, nil when its document is not there.
    ///
    /// - Throws: `StorageError` when it is there and cannot be read: such an upload is left alone.
    func upload(_ id: String) throws -> MultipartUpload? {
        let path = "\(Self.path)/\(id)/\(Self.document)"
        guard let file = try root.directory.open(path) else { return nil }
        return try UploadDocument.decode(file.readAll(limit: Self.longestDocument), id: id, path)
    }

    /// Makes an upload's directory and its document, durably.
    func make(_ upload: MultipartUpload, _ durability: Durability) throws {
        let all = try root.directory.openExisting(Self.path, O_RDONLY | O_DIRECTORY)
        _ = try all.makeDirectory(upload.id, mode: 0o700)
        let directory = try all.openExisting(upload.id, O_RDONLY | O_DIRECTORY)
        do {
            try directory.replaceFile(Self.document, with: UploadDocument(upload).encoded())
            try root.syncPublished(directory, "an upload in parts", durability)
            try root.syncPublished(all, "the uploads in parts", durability)
        } catch {
            try? sweep(upload.id)
            throw error
        }
    }

    /// Puts a finished and synced file into the place of a part.
    func place(_ file: IncomingFile, as number: Int, of upload: MultipartUpload, _ durability: Durability) throws {
        guard let directory = try root.directory.openDirectory("\(Self.path)/\(upload.id)") else {
            throw S3Error.noSuchUpload(upload.id)
        }
        let name = Self.name(of: number)
        if try !file.linkIfFree(to: directory, name) { try file.replace(in: directory, name) }
        try root.syncPublished(directory, "an upload in parts", durability)
    }

    /// A part with its file, nil when there is none or its record is not its own.
    func part(_ number: Int, of upload: MultipartUpload) throws -> (part: StoredPart, file: FileDescriptor)? {
        guard let file = try root.directory.open("\(Self.path)/\(upload.id)/\(Self.name(of: number))") else {
            return nil
        }
        let facts = try file.facts()
        guard case .record(let record, _) = try records.read(file), record.bucketID == upload.id,
            ByteText.equal(record.key.string, Self.name(of: number)), record.size == facts.size
        else { return nil }
        let part = StoredPart(
            number: number,
            size: record.size,
            modified: record.modified,
            etag: record.etag,
            checksums: record.checksums
        )
        return (part, file)
    }

    /// Writes the record of a part: under its own name in its upload, so that it always fits into the attribute.
    func write(_ part: StoredPart, of upload: MultipartUpload, to file: FileDescriptor, sequence: Int64) throws {
        let record = ObjectRecord(
            key: try ObjectKey(Self.name(of: part.number)),
            bucketID: upload.id,
            sequence: sequence,
            version: .null,
            size: part.size,
            modified: part.modified,
            etag: part.etag,
            checksums: part.checksums,
            attributes: ObjectAttributes()
        )
        guard try file.setAttribute(RecordFiles.attribute, RecordDocument(record).encoded()) else {
            throw StorageError(.noSpace, "cannot write a record: no space for the attribute")
        }
    }

    /// The numbers of the parts that are there, ascending.
    func numbers(of upload: MultipartUpload) throws -> [Int] {
        let entries = try root.directory.openDirectory("\(Self.path)/\(upload.id)")?.entries() ?? []
        return entries.compactMap { entry in
            guard entry.bytes.count == 5, let number = entry.name.flatMap({ Int($0) }) else { return nil }
            return number
        }
        .sorted()
    }

    /// Takes an upload's document away, durably: from then on there is none.
    func end(_ upload: MultipartUpload, _ durability: Durability) throws {
        guard let directory = try root.directory.openDirectory("\(Self.path)/\(upload.id)") else { return }
        try directory.unlink(Self.document)
        try root.syncPublished(directory, "an upload in parts", durability)
    }

    /// Takes an upload's directory out of the way once its object is published, durably.
    func retire(_ upload: MultipartUpload, _ durability: Durability) throws {
        let all = try root.directory.openExisting(Self.path, O_RDONLY | O_DIRECTORY)
        try all.rename(upload.id, to: root.incoming, upload.id)
        try root.syncPublished(all, "the uploads in parts", durability)
    }

    /// Removes what is left of an upload that was retired.
    func sweepRetired(_ id: String) throws {
        try sweep(id, in: root.incoming)
    }

    /// Removes an upload's directory with all parts.
    func sweep(_ id: String) throws {
        guard let all = try root.directory.openDirectory(Self.path) else { return }
        try sweep(id, in: all)
    }

    private func sweep(_ id: String, in parent: FileDescriptor) throws {
        guard let directory = try parent.openDirectory(id) else { return }
        // The document last: a directory that still has it is an upload.
        for entry in try directory.entries() {
            guard let name = entry.name, !ByteText.equal(name, Self.document) else { continue }
            try directory.unlink(name)
        }
        try directory.unlink(Self.document)
        parent.removeDirectory(id)
    }

    private static func name(of number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 5 - digits.utf8.count)) + digits
    }
}
