import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `GET /B/K?uploadId`: the parts of an upload.
struct ListParts: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let wanted = try ListPartsRequest(request.http.head.target)
        let upload = try services.multipartUpload(request)
        let (parts, isTruncated) = try await services.store.parts(
            of: upload,
            after: wanted.partNumberMarker,
            limit: wanted.maxParts
        )
        let result = ListPartsResult(
            bucket: try request.bucket,
            key: try request.key,
            request: wanted,
            initiator: services.initiator(of: upload),
            ownerID: services.owner(upload.attributes.owner, of: try request.bucket),
            choice: upload.checksum,
            storageClass: upload.attributes.storageClass,
            parts: try parts.map { part throws(S3Error) in try UploadedPart(part, upload.checksum) },
            isTruncated: isTruncated
        )
        return Response(.ok, contentType: "application/xml", bytes: try result.document())
    }
}

/// `GET /B?uploads`: the uploads that are under way.
struct ListMultipartUploads: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let bucket = try request.bucket
        let wanted = try ListMultipartUploadsRequest(request.http.head.target)
        let uploads = try await services.store.multipartUploads(in: bucket)
        let (page, isTruncated) = try UploadPage(wanted).page(of: uploads)
        let entries = try page.map { entry throws(S3Error) -> ListMultipartUploadsResult.Entry in
            switch entry {
            case .commonPrefix(let prefix): return .commonPrefix(prefix)
            case .upload(let upload): return .upload(try summary(upload, bucket))
            }
        }
        let result = ListMultipartUploadsResult(
            bucket: bucket,
            request: wanted,
            entries: entries,
            isTruncated: isTruncated
        )
        return Response(.ok, contentType: "application/xml", bytes: try result.document())
    }

    private func summary(
        _ upload: MultipartUpload,
        _ bucket: BucketName
    ) throws(S3Error) -> ListMultipartUploadsResult.Upload {
        ListMultipartUploadsResult.Upload(
            key: upload.key,
            id: try UploadID(upload.id),
            initiator: services.initiator(of: upload),
            ownerID: services.owner(upload.attributes.owner, of: bucket),
            storageClass: upload.attributes.storageClass,
            initiated: upload.initiated,
            choice: upload.checksum
        )
    }
}

/// Cuts a page out of the uploads of a bucket, which are in memory.
private struct UploadPage {
    enum Entry {
        case upload(MultipartUpload)
        case commonPrefix([UInt8])
    }

    private let wanted: ListMultipartUploadsRequest
    private let scan: KeyScan

    init(_ wanted: ListMultipartUploadsRequest) {
        self.wanted = wanted
        scan = KeyScan(prefix: wanted.prefix, delimiter: wanted.delimiter)
    }

    func page(of uploads: [MultipartUpload]) throws -> ([Entry], isTruncated: Bool) {
        guard wanted.maxUploads > 0 else { return ([], false) }
        var entries: [Entry] = []
        var lastPrefix = scan.commonPrefix(of: wanted.keyMarker)
        for upload in try remaining(uploads) where upload.key.utf8.starts(with: wanted.prefix) {
            let prefix = scan.commonPrefix(of: upload.key.utf8)
            if let prefix, prefix == lastPrefix { continue }
            guard entries.count < wanted.maxUploads else { return (entries, true) }
            lastPrefix = prefix ?? lastPrefix
            entries.append(prefix.map(Entry.commonPrefix) ?? .upload(upload))
        }
        return (entries, false)
    }

    /// What comes behind the markers.
    private func remaining(_ uploads: [MultipartUpload]) throws -> ArraySlice<MultipartUpload> {
        let marker = wanted.keyMarker
        guard let id = wanted.uploadIDMarker, !marker.isEmpty else {
            return uploads.drop { !marker.lexicographicallyPrecedes($0.key.utf8) }
        }
        guard let position = uploads.firstIndex(where: { ByteText.equal($0.id, id.text) }),
            uploads[position].key.utf8 == marker
        else { throw S3Error.invalidUploadIDMarker(id.text) }
        return uploads[(position + 1)...]
    }
}

extension S3Services {
    /// Who began an upload.
    func initiator(of upload: MultipartUpload) -> UploadInitiator {
        let id = upload.initiator ?? ownerID
        return UploadInitiator(id: id, displayName: displayName(of: id))
    }
}
