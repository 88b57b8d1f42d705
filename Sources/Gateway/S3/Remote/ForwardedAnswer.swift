import HTTPTransport
import NIOCore
import NIOHTTP1
import ObjectStorage
import RemoteS3
import S3Protocol

/// The answer of a remote S3 as our client gets it: its names and its refusals in the words of this side.
struct ForwardedAnswer {
    /// Answers that name buckets and keys.
    private static let documents: Set<S3Operation> = [
        .listObjects, .listObjectsV2, .listObjectVersions, .listMultipartUploads, .listParts, .createMultipartUpload,
        .completeMultipartUpload, .deleteObjects,
    ]

    let services: S3Services
    let request: S3Request
    let route: RemoteRoute

    /// The answer for the client.
    ///
    /// - Throws: the remote's refusal, with its code and its words; `BadGateway` when it refuses us, not the client.
    func response(_ answer: RemoteResponse) async throws -> Response {
        if answer.status >= 400 || answer.status >= 300 && answer.refusal != nil { try refuse(answer) }
        if answer.status == 200, mustRewrite { return try await rewritten(answer) }
        return Response(
            HTTPResponseStatus(statusCode: answer.status),
            headers: headers(answer),
            body: body(answer)
        )
    }

    private var mustRewrite: Bool {
        guard Self.documents.contains(request.operation), request.http.head.method != "HEAD" else { return false }
        return !route.names.areEqual || request.operation == .completeMultipartUpload
    }

    private func headers(_ answer: RemoteResponse) -> HTTPHeaders {
        var headers = ForwardedHead.response(
            answer.headers,
            region: services.region,
            answersOrigins: RemoteForwarder(services: services).answersOrigins(of: route)
        )
        if request.operation == .createBucket { headers.replaceOrAdd(name: "Location", value: "/\(route.names.local)") }
        return headers
    }

    private func body(_ answer: RemoteResponse) -> Response.Body {
        let length = answer.headers["Content-Length"].flatMap { Int64($0) }
        if request.http.head.method == "HEAD" { return length.map { .headOnly(length: $0) } ?? .none }
        switch answer.content {
        case .bytes(let buffer): return buffer.readableBytes == 0 ? .none : .bytes(buffer)
        case .stream(let body):
            guard answer.status != 204, length != 0 else { return .none }
            return .stream(StreamedBody(length: length) { try await body.next() })
        }
    }

    private func refuse(_ answer: RemoteResponse) throws {
        guard let refusal = answer.refusal else {
            // HEAD, or another server's own page.
            guard request.http.head.method == "HEAD" else { throw S3Error.badGateway(said(answer, "no S3 error")) }
            return
        }
        guard !refusal.isAboutCredentials else { throw S3Error.badGateway(said(answer, "'\(refusal.code)'")) }
        let kept = headers(answer).filter { !["content-type", "location"].contains(ByteText.lowercasedASCII($0.name)) }
        throw S3Error.remote(
            refusal.code,
            status: answer.status,
            refusal.message,
            details: refusal.details(route.names, resource: request.http.head.target.rawPath),
            headers: kept.map { S3Error.Field($0.name, $0.value) }
        )
    }

    private func said(_ answer: RemoteResponse, _ what: String) -> String {
        let message = answer.refusal.map { ": \($0.message)" } ?? ""
        return "the remote \(route.client.endpoint.text) answered \(answer.status) and \(what)\(message)"
    }

    private func rewritten(_ answer: RemoteResponse) async throws -> Response {
        let bytes = try await answer.collect(
            upTo: RemoteDocument.limits.bytes,
            from: route.client.endpoint.text
        )
        let place = PostLocation(request.address, scheme: services.scheme(of: request))
        let document = RemoteDocument(route.names) { key in (try? ObjectKey(utf8: key)).map(place.url) ?? "" }
        let (given, isError) = try await route.client.pool.run {
            let given = Array(bytes.readableBytesView)
            // Completions and copies may fail behind their 200.
            if let refusal = RemoteRefusal(given) { return (given, Optional(refusal)) }
            return (try document.here(given), nil)
        }
        if let isError {
            throw S3Error.remote(
                isError.code,
                status: 500,
                isError.message,
                details: isError.details(route.names, resource: request.http.head.target.rawPath)
            )
        }
        return Response(.ok, contentType: "application/xml", bytes: given, headers: headers(answer))
    }
}

extension Response {
    /// The same answer with its body whole, for one that may be given late.
    ///
    /// - Throws: `BadGateway` when it is longer than any document.
    func collected(from route: RemoteRoute) async throws -> Response {
        guard case .stream(let body) = self.body else { return self }
        var whole = ByteBuffer()
        while var piece = try await body.next() {
            whole.writeBuffer(&piece)
            guard whole.readableBytes <= RemoteDocument.limits.bytes else {
                throw S3Error.badGateway("the remote \(route.client.endpoint.text) answered with too long a document")
            }
        }
        var response = self
        response.body = .bytes(whole)
        return response
    }
}
