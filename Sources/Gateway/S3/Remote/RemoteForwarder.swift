import NIOCore
import NIOHTTP1
import ObjectStorage
import RemoteS3
import S3Protocol

/// Requests for buckets in a remote S3: who asks is known and allowed here, then it goes on as it came, signed by us.
///
/// What is not known here (queries, headers, operations) goes on too; an answer comes back with the names and the request id
/// of this side.
struct RemoteForwarder {
    let services: S3Services

    /// The answer to a request that is authenticated, and not yet authorized.
    func respond(to request: S3Request, by route: RemoteRoute) async throws -> Response {
        let target = request.http.head.target
        try await services.authorizer.authorize(
            forwarding: request,
            isKnown: request.operation != .passThrough && RemoteQuery.isKnown(target)
        )
        try checkScope(request, route)
        do {
            return try await dispatch(request, by: route)
        } catch {
            throw services.authorizer.told(error, of: request)
        }
    }

    private func dispatch(_ request: S3Request, by route: RemoteRoute) async throws -> Response {
        guard let cache = route.cache, ["GET", "HEAD"].contains(request.http.head.method) else {
            return try await pass(request, by: route)
        }
        return try await CachedRead(forwarder: self, cache: cache, route: route).respond(to: request) {
            try await pass(request, by: route)
        }
    }

    private func pass(_ request: S3Request, by route: RemoteRoute) async throws -> Response {
        switch request.operation {
        case .getBucketLocation: return try await location(request, by: route)
        case .deleteObjects: return try await ForwardedDeletion(forwarder: self).respond(to: request, by: route)
        case .copyObject, .uploadPartCopy, .completeMultipartUpload: return try await late(request, by: route)
        case .renameObject: return try await rename(request, by: route)
        // Of unknown length: it has to be whole before the remote is told of it.
        case .putObject where request.http.isChunked && !isFramed(request):
            return try await PutObject(services: services).respond(to: request)
        default: return try await forward(request, by: route)
        }
    }

    private func isFramed(_ request: S3Request) -> Bool {
        request.http.head.headers["x-amz-decoded-content-length"] != nil
    }

    /// A bucket that is a part of another has no settings of its own.
    private func checkScope(_ request: S3Request, _ route: RemoteRoute) throws(S3Error) {
        guard !route.names.prefix.isEmpty, request.address.key == nil, !Self.ofParts.contains(request.operation) else {
            return
        }
        throw .notImplemented(
            because:
                "the bucket '\(route.names.local)' is the part of a remote bucket under a prefix: it can be listed "
                + "and its objects used, its settings are those of the whole"
        )
    }

    private static let ofParts: Set<S3Operation> = [
        .headBucket, .getBucketLocation, .listObjects, .listObjectsV2, .listObjectVersions, .listMultipartUploads,
        .deleteObjects, .postObject, .preflight,
    ]
}

// MARK: - Ways of forwarding

extension RemoteForwarder {
    /// Sends a request on as it came and streams the answer back.
    ///
    /// - Parameter others: The keys that it may change beside the one that it names.
    func forward(
        _ request: S3Request,
        by route: RemoteRoute,
        more: HeaderList = HeaderList(),
        others: [ObjectKey] = []
    ) async throws -> Response {
        let body = try ForwardedBody(request, pool: route.client.pool)
        let remote = try remoteRequest(request, route, body.payload, isFramed: body.isFramed, more: more)
        let answer = try await perform(remote, body: body.remote, for: request, by: route, others: others)
        return try await ForwardedAnswer(services: services, request: request, route: route).response(answer)
    }

    /// What goes to the remote for a request that has no body.
    func remoteRequest(without body: S3Request, by route: RemoteRoute) throws -> RemoteRequest {
        try remoteRequest(body, route, .none, isFramed: false, more: HeaderList())
    }

    /// Sends a request about these keys with a document of ours in the place of its body.
    func forward(
        _ request: S3Request,
        document: [UInt8],
        about keys: [ObjectKey],
        by route: RemoteRoute
    ) async throws -> RemoteResponse {
        let payload = RemoteRequest.Payload.bytes(ByteBuffer(bytes: document))
        var remote = try remoteRequest(request, route, payload, isFramed: false, more: HeaderList())
        remote.headers = HeaderList(remote.headers.fields.filter { !Self.isDigest($0.lowercasedName) })
        remote.headers.append(
            "Content-MD5",
            Base64.encode(Checksummer.checksum(of: document, .md5).digest)
        )
        return try await perform(remote, for: request, by: route, others: keys)
    }

    private static func isDigest(_ name: String) -> Bool {
        name == "content-md5" || ByteText.hasPrefix(name, "x-amz-checksum-") || name == "x-amz-sdk-checksum-algorithm"
    }

    private func remoteRequest(
        _ request: S3Request,
        _ route: RemoteRoute,
        _ payload: RemoteRequest.Payload,
        isFramed: Bool,
        more: HeaderList
    ) throws -> RemoteRequest {
        let head = request.http.head
        let isPresigned = head.headers["Authorization"] == nil && request.authenticated.identity.isAuthenticated
        let headers = ForwardedHead.request(
            head,
            isPresigned: isPresigned,
            isFramed: isFramed,
            passesOrigin: !answersOrigins(of: route)
        )
        let replaced = Set(more.fields.map(\.lowercasedName))
        return RemoteRequest(
            head.method,
            bucket: route.names.remote,
            key: try request.address.key.map { try route.names.there($0) },
            query: RemoteQuery.forwarded(
                head.target,
                isSigned: isPresigned,
                isListing: Self.listings.contains(request.operation),
                route.names
            ),
            headers: HeaderList(headers.fields.filter { !replaced.contains($0.lowercasedName) }).appending(more),
            payload: payload
        )
    }

    private static let listings: Set<S3Operation> = [
        .listObjects, .listObjectsV2, .listObjectVersions, .listMultipartUploads,
    ]

    /// Whether this server says which pages may read what is in a bucket.
    func answersOrigins(of route: RemoteRoute) -> Bool {
        (try? services.store.bucket(route.names.local))?.settings.rulesOfCORS != nil
    }

    /// Copies and completions may take longer than clients wait for the first byte.
    private func late(_ request: S3Request, by route: RemoteRoute) async throws -> Response {
        guard request.operation == .completeMultipartUpload else {
            let more = try await copySource(of: request, to: route)
            return try await LateAnswer(request: request.http).respond {
                try await forward(request, by: route, more: more).collected(from: route)
            }
        }
        // Read here: the body belongs to this connection's event loop.
        let document = try await request.body(upTo: CompleteMultipartUploadRequest.limits.bytes)
        let held = S3Request(
            http: request.http.replaying(ByteBuffer(bytes: document)),
            address: request.address,
            operation: request.operation,
            authenticated: request.authenticated
        )
        return try await LateAnswer(request: request.http).respond {
            let payload = RemoteRequest.Payload.bytes(ByteBuffer(bytes: document))
            let remote = try remoteRequest(held, route, payload, isFramed: false, more: HeaderList())
            let answer = try await perform(remote, for: held, by: route)
            return try await ForwardedAnswer(services: services, request: held, route: route).response(answer)
        }
    }

    /// The region that clients sign for is that of this server; the remote is only asked whether there is such a bucket.
    private func location(_ request: S3Request, by route: RemoteRoute) async throws -> Response {
        let answer = try await route.client.perform(RemoteRequest("HEAD", bucket: route.names.remote))
        guard answer.status == 200 else {
            guard answer.status == 404 else {
                return try await ForwardedAnswer(services: services, request: request, route: route).response(answer)
            }
            throw S3Error.noSuchBucket(route.names.local)
        }
        return Response(
            .ok,
            contentType: "application/xml",
            bytes: try BucketLocation.document(region: services.region)
        )
    }

    private func rename(_ request: S3Request, by route: RemoteRoute) async throws -> Response {
        let value = request.header(CopySourceHeader.rename.rawValue) ?? ""
        let source = try CopySource(renameSource: value, in: request.bucket)
        try await services.authorizer.authorizeSource(
            of: request,
            bucket: source.bucket,
            key: source.key,
            version: nil
        )
        try await services.authorizer.authorizeDeletion(of: request, key: source.key, version: nil)
        let path = PercentEncoding.encode(try route.names.there(source.key), keepingSlash: true)
        let more = HeaderList([(CopySourceHeader.rename.rawValue, "/\(route.names.remote)/\(path)")])
        return try await forward(request, by: route, more: more, others: [source.key])
    }
}
