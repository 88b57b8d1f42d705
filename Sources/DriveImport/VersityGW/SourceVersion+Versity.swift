import ForeignDrives
import ObjectStorage
import S3Protocol

/// A file, or the folder of a key with a slash at its end, that holds a version.
struct VersityFile: Sendable {
    let path: String
    let directory: SourceDirectory
    let size: Int64
    let modified: Timestamp
    let isFolder: Bool

    init(_ path: String, in directory: SourceDirectory, _ file: SourceFile, isFolder: Bool) {
        self.path = path
        self.directory = directory
        self.isFolder = isFolder
        (size, modified) = (file.size, file.modified)
    }

    /// Puts its bytes into the sink; a folder has none.
    func write(to sink: ImportSink) throws {
        guard !isFolder else { return }
        guard let file = try directory.open(path), !file.isDirectory, file.modified == modified else {
            throw SourceRefusal("it was changed while it was imported; is versitygw still running?")
        }
        try sink.append(file)
    }
}

extension SourceVersion {
    /// A version of versitygw; `version` where its file's name tells the id.
    init(_ object: VersityObject, _ file: VersityFile, named version: VersityVersion? = nil) {
        let version = version ?? object.version
        name = version.text
        var draft = AttributesDraft(losses: object.losses)
        do throws(S3Error) {
            var imported = ImportedVersion(
                version: try VersionID(version.text),
                modified: Self.modified(object, version, file),
                content: nil
            )
            if !object.isDeleteMarker { imported.content = Self.content(object, file, &draft) }
            content = .success(imported)
        } catch {
            content = .failure(SourceRefusal(error.reason ?? error.message))
        }
        losses = draft.losses
    }

    /// A delete marker's file keeps the time of the content that it had; its id tells its own.
    private static func modified(_ object: VersityObject, _ version: VersityVersion, _ file: VersityFile) -> Timestamp {
        guard object.isDeleteMarker, let milliseconds = version.milliseconds else { return file.modified }
        let (nanoseconds, overflows) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        return overflows ? file.modified : Timestamp(nanoseconds: nanoseconds)
    }

    private static func content(
        _ object: VersityObject,
        _ file: VersityFile,
        _ draft: inout AttributesDraft
    ) -> ImportedContent {
        draft.take(
            headers: object.headers,
            defaultType: file.isFolder ? "application/x-directory" : "binary/octet-stream"
        )
        draft.take(redirect: object.websiteRedirect)
        draft.take(metadata: object.userMetadata)
        draft.take(tags: object.tags)
        draft.take(retention: object.retention, legalHold: object.legalHold)
        var content = ImportedContent(size: file.size, etag: draft.tag(object.etag)) { sink in
            try file.write(to: sink)
        }
        content.parts = parts(object, file, &draft)
        (content.checksums, content.checksumType) = draft.checksums(object.checksums, parts: content.parts.count)
        if object.etag == nil { draft.lose("etag", "none is recorded; the MD5 of the content is it now") }
        content.attributes = draft.attributes
        return content
    }

    private static func parts(
        _ object: VersityObject,
        _ file: VersityFile,
        _ draft: inout AttributesDraft
    ) -> [ObjectPart] {
        guard case .multipart(_, let count)? = object.etag else { return [] }
        guard let sizes = object.partSizes(ofSize: file.size), sizes.count == count else {
            draft.lose("parts", "the sizes of the parts are not recorded")
            return []
        }
        return sizes.enumerated().map { ObjectPart(number: $0 + 1, size: $1) }
    }
}
