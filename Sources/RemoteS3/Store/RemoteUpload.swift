import NIOCore
import ObjectStorage
import S3Protocol

/// An upload to a remote S3: whole in a file first, then sent at the commit.
final class RemoteUpload: ObjectUpload, @unchecked Sendable {
    // Unchecked: one task uses an upload at a time (`ObjectUpload` demands it).
    private static let piece: Int64 = 256 << 10

    private let key: ObjectKey
    private let route: RemoteRoute
    private var place: SpoolFile?

    init(key: ObjectKey, route: RemoteRoute, place: SpoolFile) {
        self.key = key
        self.route = route
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
        var headers = RemoteRecord.headers(attributes).appending(precondition.headersOfWrite)
        headers.append("Content-MD5", Base64.encode(digests.md5))
        let response = try await send(file, headers)
        guard response.status == 200 else { throw response.error(of: key) }
        return record(response, attributes, digests)
    }

    func abort() async {
        place = nil
    }

    private func send(_ file: OpenFile, _ headers: HeaderList) async throws -> RemoteResponse {
        let request = RemoteRequest(
            "PUT",
            bucket: route.names.remote,
            key: try route.names.there(key),
            headers: headers,
            payload: .stream(RemoteRequest.Stream(length: file.size))
        )
        var offset: Int64 = 0
        let (size, pool) = (file.size, route.client.pool)
        let body = RemoteBody {
            let length = min(Self.piece, size - offset)
            guard length > 0 else { return nil }
            let start = offset
            offset += length
            return try await pool.run { try file.read(offset: start, length: Int(length)) }
        }
        return try await route.client.perform(request, body: body)
    }

    private func record(
        _ response: RemoteResponse,
        _ attributes: ObjectAttributes,
        _ digests: ContentDigests.Result
    ) -> ObjectRecord {
        var record = RemoteRecord.record(of: key, response.headers)
        record.size = digests.byteCount
        record.attributes = attributes
        if let date = response.headers["Date"].flatMap({ Timestamp(httpDate: $0) }) {
            (record.modified, record.sequence) = (date, date.nanoseconds)
        }
        return record
    }
}
