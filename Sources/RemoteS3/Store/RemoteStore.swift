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
    private let uploads: UploadPlan
    private let spool: @Sendable (ContentDigests) -> SpoolFile

    /// The buckets that have routes; `uploads` says how content goes there, `spool` makes places for it.
    package init(
        routes: RemoteRoutes,
        uploads: UploadPlan = UploadPlan(),
        spool: @escaping @Sendable (ContentDigests) -> SpoolFile
    ) {
        self.routes = routes
        self.uploads = uploads
        self.spool = spool
    }

    package func head(_ key: ObjectKey, version: VersionID?, in bucket: BucketName) async throws -> ObjectRecord {
        let route = try route(of: bucket)
        if version == nil, let found = try await cached(key, for: .head, by: route) {
            return try await record(of: key, found.object.head.headersWithLength, by: route)
        }
        let response = try await ask("HEAD", key, version, by: route)
        guard response.status != 200 else { return try await record(of: key, response.headers, by: route) }
        // HEAD is refused without words, and 404 may be a bucket, a key or a version.
        return try await record(of: key, try await get(key, version, by: route).headers, by: route)
    }

    package func open(_ key: ObjectKey, version: VersionID?, in bucket: BucketName) async throws -> OpenObject {
        let route = try route(of: bucket)
        if version == nil, let object = try await opened(key, by: route) { return object }
        let response = try await get(key, version, by: route)
        let content = try await content(of: response, route)
        return OpenObject(record: try await record(of: key, response.headers, by: route), content: content)
    }

    private func content(of response: RemoteResponse, _ route: RemoteRoute) async throws -> OpenObject.Content {
        let endpoint = route.client.endpoint.text
        let length = response.headers["Content-Length"].flatMap { Int64($0) } ?? 0
        if length <= Self.inlineLength {
            return .bytes(try await response.collect(upTo: Int(Self.inlineLength), from: endpoint))
        }
        guard case .stream(let body) = response.content else { throw S3Error.badGateway("the remote sent no content") }
        do {
            return .file(try await spooled { try await body.next() })
        } catch let error as TransportError {
            throw RemoteError(error, endpoint: endpoint)
        }
    }

    /// What comes, as a file.
    private func spooled(_ next: () async throws -> ByteBuffer?) async throws -> OpenFile {
        let place = spool(ContentDigests())
        while let chunk = try await next() { try await place.write(chunk) }
        return try await place.finish().file
    }

    package func beginUpload(
        of key: ObjectKey,
        to bucket: BucketName,
        digests: ContentDigests
    ) async throws -> any ObjectUpload {
        RemoteUpload(key: key, route: try route(of: bucket), plan: uploads, place: spool(digests))
    }

    package func delete(_ key: ObjectKey, in bucket: BucketName, precondition: WritePrecondition) async throws {
        let route = try route(of: bucket)
        let request = RemoteRequest(
            "DELETE",
            bucket: route.names.remote,
            key: try route.names.there(key),
            headers: precondition.headers
        )
        try await route.changing(key) {
            let response = try await route.client.perform(request)
            // Ceph and others tell that there was nothing; under a condition that is a refusal.
            let isAbsent = response.status == 404 && response.refusal?.code == "NoSuchKey"
            guard response.status < 300 || isAbsent && precondition.isMetByAbsence else {
                throw response.error(of: key)
            }
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

    /// The answer to a read, whatever it is.
    private func ask(
        _ method: String,
        _ key: ObjectKey,
        _ version: VersionID?,
        by route: RemoteRoute
    ) async throws -> RemoteResponse {
        let request = RemoteRequest(
            method,
            bucket: route.names.remote,
            key: try route.names.there(key),
            query: version.map(Self.query),
            headers: HeaderList([("x-amz-checksum-mode", "ENABLED")])
        )
        return try await route.client.perform(request)
    }

    /// The answer 200 to GET.
    private func get(_ key: ObjectKey, _ version: VersionID?, by route: RemoteRoute) async throws -> RemoteResponse {
        let response = try await ask("GET", key, version, by: route)
        guard response.status == 200 else { throw response.error(of: key) }
        return response
    }

    private static func query(_ version: VersionID) -> String {
        "versionId=\(PercentEncoding.encode(version.text, keepingSlash: false))"
    }
}

// MARK: - The cache

extension RemoteStore {
    /// An object that changes while it is read is read again so often.
    private static let attempts = 3

    /// The whole object from the cache; nil when it is not for the cache.
    private func opened(_ key: ObjectKey, by route: RemoteRoute) async throws -> OpenObject? {
        for _ in 0..<Self.attempts {
            guard let (object, lease) = try await cached(key, for: .whole, by: route) else { return nil }
            route.cache?.noteRead(object, from: 0)
            let content = object.read(0..<object.head.size, holding: lease)
            do {
                try await ofCache { try await content.begin() }
                let file = try await spooled { try await ofCache { try await content.next() } }
                return OpenObject(
                    record: try await record(of: key, object.head.headersWithLength, by: route),
                    content: .file(file)
                )
            } catch is CacheTrouble {
                return nil
            } catch {
                guard CachedContent.isOfChange(error) else { throw error }
            }
        }
        return nil
    }

    /// The disk of the cache fails, which the remote does not.
    private struct CacheTrouble: Error {}

    private func ofCache<Value>(_ read: () async throws -> Value) async throws -> Value {
        do {
            return try await read()
        } catch is StorageError {
            throw CacheTrouble()
        }
    }

    /// The object that the cache has or gets; nil when it is not for the cache, or refused without words.
    private func cached(
        _ key: ObjectKey,
        for question: RemoteCache.Question,
        by route: RemoteRoute
    ) async throws -> (object: CachedObject, lease: FetchLease?)? {
        guard let cache = route.cache else { return nil }
        switch try await cache.find(CachePlace(key, by: route), for: question) {
        case .object(let object, _, let lease): return (object, lease)
        case .stale(let object, _): return (object, nil)
        case .refused(let answer, _):
            guard answer.refusal != nil else { return nil }
            throw answer.error(of: key)
        case .unkept: return nil
        }
    }
}

// MARK: - Records

extension RemoteStore {
    /// The record of an answer; its tags are asked for where it says that there are some.
    private func record(
        of key: ObjectKey,
        _ headers: HeaderList,
        by route: RemoteRoute
    ) async throws -> ObjectRecord {
        var record = RemoteRecord.record(of: key, headers)
        let count = headers["x-amz-tagging-count"].flatMap { Int($0) } ?? 0
        if count > 0 { record.attributes.tags = try await tags(of: record, by: route) }
        return record
    }

    /// The tags of a version; none for one that is gone meanwhile.
    private func tags(of record: ObjectRecord, by route: RemoteRoute) async throws -> [ObjectAttributes.Tag] {
        let version = record.version == .null ? "" : "&\(Self.query(record.version))"
        let request = RemoteRequest(
            "GET",
            bucket: route.names.remote,
            key: try route.names.there(record.key),
            query: "tagging\(version)"
        )
        let response = try await route.client.perform(request)
        guard response.status != 404 else { return [] }
        guard response.status == 200 else { throw response.error(of: record.key) }
        let bytes = try await response.collect(upTo: Self.maximumDocument, from: route.client.endpoint.text)
        let set = try TagSet(document: Array(bytes.readableBytesView), of: .object)
        return set.tags.map { ObjectAttributes.Tag(key: $0.key, value: $0.value) }
    }
}

extension RemoteResponse {
    /// The refusal as an error of the store; HEAD is refused without words.
    func error(of key: ObjectKey?) -> S3Error {
        guard let refusal else {
            if status == 404, let key { return .noSuchKey(key) }
            return .remote("RemoteRefusal", status: status >= 400 ? status : 502, "The remote answered \(status).")
        }
        return Self.error(refusal, status: status, of: key)
    }

    /// A refusal that came with this status as an error of the store.
    static func error(_ refusal: RemoteRefusal, status: Int, of key: ObjectKey?) -> S3Error {
        if refusal.code == "NoSuchKey", let key { return .noSuchKey(key) }
        guard !refusal.isAboutCredentials else {
            return .badGateway("the remote refuses our credentials: \(refusal.code): \(refusal.message)")
        }
        return .remote(refusal.code, status: max(status, 400), refusal.message)
    }
}

extension WritePrecondition {
    /// The headers that ask the remote for it.
    var headers: HeaderList {
        switch self {
        case .none: HeaderList()
        case .ifAbsent: HeaderList([("If-None-Match", "*")])
        case .ifExists: HeaderList([("If-Match", "*")])
        case .ifMatches(let etag): HeaderList([("If-Match", etag.quoted)])
        }
    }
}
