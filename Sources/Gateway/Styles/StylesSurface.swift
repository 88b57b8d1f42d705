package import Attachments
import Imaging
import NIOCore
import NIOHTTP1
import ObjectStorage
package import S3Protocol
import StyleAddresses

/// `/-/styles/…`: pictures made on the fly for whoever has a signed address.
///
/// An address is its own permission, so pages of any site may show these pictures, unlike the rest of `/-/`.
package struct StylesSurface: Sendable {
    static let prefix = "/-/styles/"

    private let styles: OnTheFlyStyles
    private let cors: APICORS
    private let clock: @Sendable () -> Timestamp

    /// A surface on these styles, whose pixels pages of these origins may read.
    package init(_ styles: OnTheFlyStyles, allowedOrigins: [String], clock: @escaping @Sendable () -> Timestamp) {
        self.styles = styles
        cors = APICORS(origins: allowedOrigins)
        self.clock = clock
    }

    /// The answer to a request under `/-/styles/`; refusals are a sentence in plain text.
    func respond(to request: Request) async -> Response {
        request.trace.note { $0.operation = "GetStyle" }
        var response: Response
        do {
            response = try await perform(request)
        } catch {
            response = refusal(error, request)
        }
        cors.decorate(&response, for: request.head)
        return request.head.method == "HEAD" ? response.withoutBody : response
    }

    private func perform(_ request: Request) async throws -> Response {
        let (head, target) = (request.head, request.head.target)
        guard ["GET", "HEAD"].contains(head.method) else {
            throw APIError(status: 405, .init("method_not_allowed", "Only GET and HEAD are answered here."))
        }
        guard target.rawQuery == nil else {
            throw APIError(
                status: 400,
                .init("query_not_signed", "An address has no query, since none is signed; a ? in a key is written %3F.")
            )
        }
        let wanted = try styles.request(target.rawPath.utf8.dropFirst(Self.prefix.utf8.count - 1))
        request.trace.note { facts in
            (facts.bucket, facts.key) = (wanted.source.bucket.string, wanted.source.key.string)
        }
        let accept = head.headers.values("Accept").joined(separator: ",")
        let plan = try await styles.plan(wanted, accept: accept)
        guard try isModified(plan, head) else { return Response(.notModified, headers: headers(plan)) }
        let (made, picture) = try await styles.picture(plan, accept: accept)
        return try answer(made, picture, head)
    }

    private func isModified(_ plan: OnTheFlyPlan, _ head: RequestHead) throws -> Bool {
        let outcome = try ReadPreconditions.evaluate(
            head.headers,
            etag: plan.etag,
            lastModified: plan.modified,
            now: clock()
        )
        return outcome == .proceed
    }

    private func answer(_ plan: OnTheFlyPlan, _ picture: OnTheFlyPicture, _ head: RequestHead) throws -> Response {
        let size = picture.file.size
        let range = try ByteRange(header: head.headers["Range"], size: size)
        var headers = headers(plan)
        headers.add(name: "Content-Type", value: picture.kind.contentType)
        headers.add(name: "Content-Disposition", value: disposition(plan, picture.kind).text)
        headers.add(name: "Accept-Ranges", value: "bytes")
        if let range { headers.add(name: "Content-Range", value: range.contentRange(size: size)) }
        let bytes = range.map { $0.first..<($0.last + 1) } ?? 0..<size
        return Response(range == nil ? .ok : .partialContent, headers: headers, body: .file(picture.file, bytes))
    }

    /// The headers of a picture, which 304 has too.
    private func headers(_ plan: OnTheFlyPlan) -> HTTPHeaders {
        var age = styles.configuration.maximumAge
        if let expires = plan.request.expires { age = min(age, max(0, expires.seconds - clock().seconds)) }
        var headers: HTTPHeaders = [
            "ETag": plan.etag.quoted, "Last-Modified": plan.modified.httpDate,
            "Cache-Control": "public, max-age=\(age)", "X-Content-Type-Options": "nosniff",
            // Pictures are there to be shown by pages of other sites, whatever those pages isolate themselves with.
            "Cross-Origin-Resource-Policy": "cross-origin",
        ]
        if plan.variesByAccept { headers.add(name: "Vary", value: "Accept") }
        return headers
    }

    private func disposition(_ plan: OnTheFlyPlan, _ kind: ImageKind) -> DownloadDisposition {
        let own = plan.object.key.string.split(separator: "/").last.map(String.init) ?? ""
        let stem = plan.request.filename ?? own.split(separator: ".").dropLast().joined(separator: ".")
        let name = stem.isEmpty ? (own.isEmpty ? "picture" : own) : stem
        return DownloadDisposition(
            plan.request.isAttachment ? .attachment : .inline,
            filename: "\(name).\(kind.fileExtension)"
        )
    }

    private func refusal(_ error: any Error, _ request: Request) -> Response {
        let refusal = Self.apiError(error)
        request.trace.note { facts in
            facts.errorCode = refusal.failure.code
            facts.reason = refusal.status >= 500 ? String(describing: error) : refusal.failure.message
        }
        var headers: HTTPHeaders = ["Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"]
        for (name, value) in refusal.headers { headers.add(name: name, value: value) }
        if refusal.status == 405 { headers.add(name: "Allow", value: "GET, HEAD") }
        return Response(
            HTTPResponseStatus(statusCode: refusal.status),
            contentType: "text/plain; charset=utf-8",
            bytes: Array("\(refusal.failure.message)\n".utf8),
            headers: headers
        )
    }

    private static func apiError(_ error: any Error) -> APIError {
        if let refusal = error as? APIError { return refusal }
        guard let s3 = (error as? any S3ErrorConvertible)?.s3Error else {
            return APIError(status: 500, .init("internal_error", "Something failed here; the log has the reason."))
        }
        let code = ByteText.lowercasedASCII(s3.code.rawValue)
        return APIError(status: s3.status, .init(code, s3.message), retryAfter: s3.status == 503 ? 1 : nil)
    }
}
