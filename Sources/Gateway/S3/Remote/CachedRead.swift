import NIOCore
import NIOHTTP1
import ObjectStorage
import RemoteS3
import S3Protocol

/// GET and HEAD of objects that a cache may have copies of.
struct CachedRead {
    /// How the answer came about is said in this header.
    static let header = "x-larder-cache"

    /// What may stand in a request without making its answer another one than everybody's.
    private static let knownHeaders = Set([
        "x-amz-date", "x-amz-content-sha256", "x-amz-security-token", "x-amz-checksum-mode", "x-amz-user-agent",
    ])
    private static let knownParameters = Set(["x-id", "AWSAccessKeyId", "Signature", "Expires"])
    /// An object that changes all the time is passed through in the end.
    private static let attempts = 3

    let forwarder: RemoteForwarder
    let cache: RemoteCache
    let route: RemoteRoute

    private var services: S3Services { forwarder.services }

    /// The answer to a request that only reads and is allowed.
    func respond(to request: S3Request, or forward: () async throws -> Response) async throws -> Response {
        guard let question = question(of: request), let key = request.address.key else {
            return try await isListing(request) ? listing(request) : marked(try await forward(), .bypass)
        }
        try CachedAnswer.check(request)
        let place = try CachePlace(key, by: route)
        for _ in 0..<Self.attempts {
            do {
                guard let response = try await response(try await cache.find(place, for: question), question, request)
                else { break }
                return response
            } catch is StorageError {
                // The disk's trouble is not the reader's: the remote has it all.
                break
            } catch {
                guard CachedContent.isOfChange(error) else { throw error }
            }
        }
        return marked(try await forward(), .bypass)
    }

    /// What is to be found for a request; nil when the remote has to see it as it is.
    private func question(of request: S3Request) -> RemoteCache.Question? {
        let head = request.http.head
        guard [.getObject, .headObject].contains(request.operation), isOrdinary(request),
            head.target.parameters.allSatisfy({ Self.isKnown($0, isSigned: head.headers["Authorization"] == nil) })
        else { return nil }
        guard head.method == "GET" else { return .head }
        // Under a condition it may be that nobody wants the content.
        return CachedAnswer.isConditional(request) ? .range : .whole
    }

    /// Whether nothing but its line tells what a request asks for.
    private func isOrdinary(_ request: S3Request) -> Bool {
        request.http.hasNoBody && request.headers.fields.allSatisfy { isKnown($0.lowercasedName) }
    }

    private func isListing(_ request: S3Request) -> Bool {
        cache.keepsListings && [.listObjects, .listObjectsV2].contains(request.operation) && isOrdinary(request)
    }

    private func listing(_ request: S3Request) async throws -> Response {
        let remote = try forwarder.remoteRequest(without: request, by: route)
        let (answer, isKept) = try await cache.listing(remote.query ?? "", by: route) {
            try await route.client.perform(remote)
        }
        return marked(try await forwarded(answer, request), isKept ? .hit : .miss)
    }

    private func isKnown(_ header: String) -> Bool {
        // The rest of one version must not be that of another.
        if ByteText.equal(header, "if-range") { return false }
        if ByteText.equal(header, "origin") { return forwarder.answersOrigins(of: route) }
        return !ByteText.hasPrefix(header, "x-amz-") || Self.knownHeaders.contains(header)
    }

    private static func isKnown(_ parameter: RequestTarget.Parameter, isSigned: Bool) -> Bool {
        // Of those with this beginning only the signature's are left: others act as headers.
        let isOfSignature = isSigned && ByteText.hasPrefix(ByteText.lowercasedASCII(parameter.name), "x-amz-")
        return isOfSignature || knownParameters.contains(parameter.name)
            || ByteText.hasPrefix(parameter.name, "response-")
    }

    /// The answer with what was found; nil when it takes a request of its own.
    private func response(
        _ found: RemoteCache.Found,
        _ question: RemoteCache.Question,
        _ request: S3Request
    ) async throws -> Response? {
        switch found {
        case .object(let object, let isNew, let lease):
            return try await answer(object, isNew ? .miss : .hit, nil, lease, request)
        case .stale(let object, let error):
            return try await answer(object, .stale, error, nil, request)
        case .refused(let answer, let isKept):
            guard question == .head || answer.refusal != nil else { return nil }
            return try await refusal(answer, isKept ? .hit : .miss, request)
        case .unkept(let unkept):
            guard !CachedAnswer.isOfItsOwn(request), let answer = unkept?.take(for: question) else { return nil }
            return marked(try await forwarded(answer, request), .bypass)
        }
    }

    private func answer(
        _ object: CachedObject,
        _ verdict: RemoteCache.Verdict,
        _ failure: (any Error)?,
        _ lease: FetchLease?,
        _ request: S3Request
    ) async throws -> Response {
        let answer = try CachedAnswer(object.head, request, forwarder, route)
        var response = Response(answer.status, headers: answer.headers)
        guard let range = answer.range else { return marked(response, verdict) }
        guard request.http.head.method != "HEAD" else {
            response.body = .headOnly(length: Int64(range.count))
            return marked(response, verdict)
        }
        cache.noteRead(object, from: range.lowerBound)
        guard !object.isPresent(range) else {
            response.body = .file(object.content, range)
            return marked(response, verdict)
        }
        if let failure { throw failure }
        // What is fetched is of this version, so it is as good as asked about.
        let content = object.read(range, holding: lease)
        try await content.begin()
        response.body = .stream(StreamedBody(length: Int64(range.count)) { try await content.next() })
        return marked(response, .miss)
    }

    private func refusal(
        _ answer: RemoteResponse,
        _ verdict: RemoteCache.Verdict,
        _ request: S3Request
    ) async throws -> Response {
        do {
            return marked(try await forwarded(answer, request), verdict)
        } catch var error as S3Error {
            cache.count(verdict)
            error.headers.append(S3Error.Field(Self.header, verdict.rawValue))
            throw error
        }
    }

    private func forwarded(_ answer: RemoteResponse, _ request: S3Request) async throws -> Response {
        try await ForwardedAnswer(services: services, request: request, route: route).response(answer)
    }

    private func marked(_ response: Response, _ verdict: RemoteCache.Verdict) -> Response {
        cache.count(verdict)
        var response = response
        response.headers.replaceOrAdd(name: Self.header, value: verdict.rawValue)
        if verdict == .stale { response.headers.add(name: "Warning", value: "110 larder \"Response is Stale\"") }
        return response
    }
}
