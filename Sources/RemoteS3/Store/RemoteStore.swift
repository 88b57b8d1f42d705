import HTTPTransport
import NIOCore
package import ObjectStorage
package import S3Protocol

/// Objects of buckets that are in a remote S3, as attachments see them.
///
/// Content that is read, or to be written, lies in a file without a name meanwhile: a picture is decoded from a file, and S3
/// wants to know how long an object is before its first byte.
package struct RemoteStore: ObjectStore {
    /// Content up to this length stays in memory.
    private static let inlineLength: Int64 = 64 << 10
    /// The longest document that is read.
    private static let maximumDocument = 16 << 20

    private let routes: RemoteRoutes
    private let spool: @Sendable (ContentDigests) -> SpoolFile

    /// The buckets that have routes; `spool` makes places for content.
    package init(routes: RemoteRoutes, spool: @escaping @Sendable (ContentDigests) -> SpoolFile) {
        self.routes = routes
        self.spool = spool
    }

    package func head(_ key: ObjectKey, version: VersionID?, in bucket: BucketName) async throws -> ObjectRecord {
        let response = try await ask("HEAD", key, version, in: bucket)
        return RemoteRecord.record(of: key, response.headers)
    }

    package func open(_ key: ObjectKey, version: VersionID?, in bucket: BucketName) async throws -> OpenObject {
        let route = try route(of: bucket)
        let response = try await ask("GET", key, version, in: bucket)
        let record = RemoteRecord.record(of: key, response.headers)
        let endpoint = route.client.endpoint.text
        if record.size <= Self.inlineLength {
            let bytes = try await response.collect(upTo: Int(Self.inlineLength), from: endpoint)
            return OpenObject(record: record, content: .bytes(bytes))
        }
        guard case .stream(let body) = response.content else { throw S3Error.badGateway("the remote sent no content") }
        do {
            let place = spool(ContentDigests())
            while let chunk = try await body.next() { try await place.write(chunk) }
            return OpenObject(record: record, content: .file(try await place.finish().file))
        } catch let error as TransportError {
            throw RemoteError(error, endpoint: endpoint)
        }
    }

    package func beginUpload(
        of key: ObjectKey,
        to bucket: BucketName,
        digests: ContentDigests
    ) async throws -> any ObjectUpload {
        RemoteUpload(key: key, route: try route(of: bucket), place: spool(digests))
    }

    package func delete(_ key: ObjectKey, in bucket: BucketName, precondition: WritePrecondition) async throws {
        let route = try route(of: bucket)
        let request = RemoteRequest(
            "DELETE",
            bucket: route.names.remote,
            key: try route.names.there(key),
            headers: precondition.headers
        )
        let response = try await route.client.perform(request)
        guard response.status < 300 || response.status == 404 && response.refusal?.code == "NoSuchKey" else {
            throw response.error(of: key)
        }
    }

    package func list(_ query: ListQuery, in bucket: BucketName) async throws -> ListPage {
        guard query.limit > 0 else { return ListPage(entries: [], isTruncated: false) }
        let route = try route(of: bucket)
        let request = RemoteRequest(
            "GET",
            bucket: route.names.remote,
            query: RemoteListing.query(query, route.names)
        )
        let response = try await route.client.perform(request)
        guard response.status == 200 else { throw response.error(of: nil) }
        let bytes = try await response.collect(
            upTo: Self.maximumDocument,
            from: route.client.endpoint.text
        )
        return try RemoteListing.page(Array(bytes.readableBytesView), route.names)
    }

    private func route(of bucket: BucketName) throws -> RemoteRoute {
        guard let route = routes.route(of: bucket) else { throw S3Error.noSuchBucket(bucket) }
        return route
    }

    /// The answer 200 to a read.
    private func ask(
        _ method: String,
        _ key: ObjectKey,
        _ version: VersionID?,
        in bucket: BucketName
    ) async throws -> RemoteResponse {
        let route = try route(of: bucket)
        let request = RemoteRequest(
            method,
            bucket: route.names.remote,
            key: try route.names.there(key),
            query: version.map { "versionId=\(PercentEncoding.encode($0.text, keepingSlash: false))" }
        )
        let response = try await route.client.perform(request)
        guard response.status == 200 else { throw response.error(of: key) }
        return response
    }
}

extension RemoteResponse {
    /// The refusal as an error of the store; HEAD is refused without words.
    func error(of key: ObjectKey?) -> S3Error {
        guard let refusal else {
            if status == 404, let key { return .noSuchKey(key) }
            return .remote("RemoteRefusal", status: status >= 400 ? status : 502, "The remote answered \(status).")
        }
        if refusal.code == "NoSuchKey", let key { return .noSuchKey(key) }
        guard !refusal.isAboutCredentials else {
            return .badGateway("the remote refuses our credentials: \(refusal.code): \(refusal.message)")
        }
        return .remote(refusal.code, status: max(status, 400), refusal.message)
    }
}

extension WritePrecondition {
    /// The headers that ask the remote for it.
    fileprivate var headers: HeaderList {
        switch self {
        case .none: HeaderList()
        case .ifAbsent: HeaderList([("If-None-Match", "*")])
        case .ifExists: HeaderList([("If-Match", "*")])
        case .ifMatches(let etag): HeaderList([("If-Match", etag.quoted)])
        }
    }

    /// The headers of a PUT that asks for it.
    var headersOfWrite: HeaderList { headers }
}
