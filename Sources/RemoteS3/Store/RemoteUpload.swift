import NIOCore
import ObjectStorage
import S3Protocol

/// An upload to a remote S3: whole in a file first, then sent at the commit, in parts where it is long.
final class RemoteUpload: ObjectUpload, @unchecked Sendable {
    // Unchecked: one task uses an upload at a time (`ObjectUpload` demands it).
    private let key: ObjectKey
    private let route: RemoteRoute
    private let plan: UploadPlan
    private var place: SpoolFile?

    init(key: ObjectKey, route: RemoteRoute, plan: UploadPlan, place: SpoolFile) {
        self.key = key
        self.route = route
        self.plan = plan
        self.place = place
    }

    var byteCount: Int64 { place?.byteCount ?? 0 }

    func write(_ chunk: ByteBuffer) async throws {
        try await place?.write(chunk)
    }

    func commit(
        _ attributes: ObjectAttributes,
        demand: ContentDigestDemand,
        precondition: WritePrecondition
    ) async throws -> ObjectRecord {
        guard let place else { throw S3Error.internalError("an upload is committed once") }
        self.place = nil
        let (file, digests) = try await place.finish()
        try demand.verify(digests)
        let content = WholeContent(file: file, pool: route.client.pool)
        // The client's own checksum is kept; without one the remote computes what it likes.
        let stated = demand.statedAlgorithm.map { _ in digests.checksum }
        let object = try await route.changing(key) {
            try await send(content, attributes, digests.md5, stated, precondition)
        }
        return record(of: object, attributes, size: digests.byteCount)
    }

    func abort() async {
        place = nil
    }

    private func send(
        _ content: WholeContent,
        _ attributes: ObjectAttributes,
        _ md5: [UInt8],
        _ checksum: Checksum?,
        _ precondition: WritePrecondition
    ) async throws -> UploadedObject {
        let headers = RemoteRecord.headers(attributes)
        if let parts = plan.parts(of: content.length, checksum: checksum?.algorithm) {
            let upload = try PartedUpload(
                of: content,
                to: route,
                key: key,
                parts: parts,
                plan: plan,
                checksum: checksum
            )
            return try await upload.send(attributes: headers, conditions: precondition.headers)
        }
        var more = HeaderList([("Content-MD5", Base64.encode(md5))])
        if let checksum { more.append(checksum.algorithm.headerName, checksum.base64) }
        return try await put(content, headers.appending(precondition.headers).appending(more))
    }

    private func put(_ content: WholeContent, _ headers: HeaderList) async throws -> UploadedObject {
        let request = RemoteRequest(
            "PUT",
            bucket: route.names.remote,
            key: try route.names.there(key),
            headers: headers,
            payload: .stream(RemoteRequest.Stream(length: content.length))
        )
        let response = try await route.client.perform(request, body: content.body(0..<content.length))
        guard response.status == 200 else { throw response.error(of: key) }
        let object = UploadedObject(response.headers)
        guard !object.etag.text.isEmpty else {
            throw S3Error.badGateway("the remote took an object and gave it no entity tag")
        }
        return object
    }

    private func record(of object: UploadedObject, _ attributes: ObjectAttributes, size: Int64) -> ObjectRecord {
        let modified = object.modified ?? Timestamp(seconds: 0)
        return ObjectRecord(
            key: key,
            bucketID: RemoteRecord.bucketID,
            sequence: modified.nanoseconds,
            version: object.version,
            size: size,
            modified: modified,
            etag: object.etag,
            checksums: object.checksum.map { [$0] } ?? [],
            attributes: attributes
        )
    }
}
