import ForeignDrives
import ObjectStorage
import S3Protocol

extension SourceKey {
    /// A key of a MinIO drive.
    init(_ object: MinIOObject, in directory: SourceDrive) {
        key = object.key
        refusal = object.refusal?.description
        versions = object.versions.map { SourceVersion($0, in: directory) }
    }
}

extension SourceVersion {
    /// A version of a MinIO drive.
    fileprivate init(_ version: MinIOVersion, in directory: SourceDrive) {
        name = version.name ?? "of unknown id"
        if let refusal = version.verdict.refusal {
            content = .failure(SourceRefusal(refusal))
            return
        }
        losses = version.verdict.losses
        do {
            let id = try VersionID(version.name ?? "")
            guard let modified = version.modified?.nanosecondsSince1970 else {
                throw SourceRefusal("its time is out of range")
            }
            var imported = ImportedVersion(version: id, modified: Timestamp(nanoseconds: modified), content: nil)
            if case .object(let object) = version.content {
                (imported.content, losses) = Self.content(object, losses, in: directory)
            }
            content = .success(imported)
        } catch let error as S3Error {
            content = .failure(SourceRefusal(error.reason ?? error.message))
        } catch {
            content = .failure(error as? SourceRefusal ?? SourceRefusal("\(error)"))
        }
    }

    private static func content(
        _ object: MinIOContent,
        _ losses: [ImportLoss],
        in directory: SourceDrive
    ) -> (ImportedContent, [ImportLoss]) {
        let metadata = object.metadata
        var draft = AttributesDraft(losses: losses)
        draft.take(headers: metadata.headers)
        draft.take(storageClass: metadata.storageClass)
        draft.take(metadata: metadata.userMetadata)
        draft.take(tags: metadata.tags)
        draft.take(retention: metadata.retention, legalHold: metadata.legalHold)
        let pieces = object.pieces
        var content = ImportedContent(size: object.size, etag: draft.tag(metadata.etag)) { sink in
            for piece in pieces { try piece.write(to: sink, from: directory) }
        }
        if object.isMultipart {
            content.parts = pieces.map { ObjectPart(number: Int($0.number), size: $0.size) }
        }
        (content.checksums, content.checksumType) = draft.checksums(metadata.checksums, parts: content.parts.count)
        content.attributes = draft.attributes
        return (content, draft.losses)
    }
}

extension MinIOPiece {
    /// Takes the hashes off, holds each against its block and writes the rest.
    fileprivate func write(to sink: ImportSink, from directory: SourceDrive) throws {
        var frame = try frame()
        let take: (UnsafeRawBufferPointer, inout BitrotFrame) throws -> Void = { bytes, frame in
            for range in try frame.feed(bytes) { try sink.write(UnsafeRawBufferPointer(rebasing: bytes[range])) }
        }
        switch location {
        case .nowhere: break
        case .inline(let bytes): try bytes.withUnsafeBytes { try take($0, &frame) }
        case .file(let place):
            try directory.file(place, size: framedSize).forEachPiece { try take($0, &frame) }
        }
        try frame.finish()
    }
}
