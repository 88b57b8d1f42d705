import Attachments
import NIOCore
import NIOHTTP1
import S3Protocol

/// The operations of the JSON API for one recognised client.
struct AttachmentHandlers {
    let services: APISurface.Services
    let client: APIClient

    /// `GET upload_authorization`: a signed form for one upload.
    func authorizeUpload(_ request: Request) async throws -> Response {
        let target = request.head.target
        let document = try await services.authorizer.authorize(
            UploadRequest(
                contentType: target["content_type"],
                filename: target["filename"],
                byteSize: target["byte_size"],
                bucket: target["bucket"]
            ),
            client: client,
            url: services.addresses.addresses(for: request).url(of:)
        )
        return json(.ok, document)
    }

    /// `POST file_attachments`: claims an upload; waits for its styles as long as `Prefer: wait=` asks.
    func create(_ request: Request) async throws -> Response {
        guard let body = try await request.body.collect(upTo: CreateAttachmentRequest.maximumLength) else {
            throw APIError.malformedBody(#"{"file_attachment":{"key":"KEY"}}"#)
        }
        let wanted = try CreateAttachmentRequest(json: Array(body.readableBytesView))
        let record = try await services.attachments.create(key: wanted.key, client: client)
        request.trace.note { $0.key = wanted.key }
        return try present(try await waited(record, request), request)
    }

    /// `GET file_attachments/ID`: the attachment as it stands, or as it stands after the wait.
    func get(_ id: Int64, _ request: Request) async throws -> Response {
        try present(try await waited(try await services.attachments.get(id, client: client), request), request)
    }

    /// `GET file_attachments`: a page of the client's attachments.
    func list(_ request: Request) async throws -> Response {
        let range = try ObjectRange(header: request.head.headers["Range"])
        let page = try await services.attachments.list(range, client: client)
        let document = try services.presenter.document(page, addresses: services.addresses.addresses(for: request))
        return json(.ok, document, headers: ["Content-Range": page.contentRange])
    }

    /// `DELETE file_attachments/ID`: removes original, styles and record.
    func delete(_ id: Int64) async throws -> Response {
        try await services.attachments.delete(id, client: client)
        return Response(.noContent)
    }

    private func waited(_ record: AttachmentRecord, _ request: Request) async throws -> AttachmentRecord {
        guard record.isProcessing,
            let seconds = WaitPreference.seconds(inHeaders: request.head.headers.values("Prefer"))
        else { return record }
        return try await services.attachments.wait(for: record.id, client: client, upTo: seconds)
    }

    private func present(_ record: AttachmentRecord, _ request: Request) throws -> Response {
        let document = try services.presenter.document(record, addresses: services.addresses.addresses(for: request))
        guard record.isProcessing else { return json(.ok, document) }
        return json(
            .accepted,
            document,
            headers: [
                "Retry-After": "\(AttachmentService.pollInterval)",
                "Location": "\(APISurface.prefix)file_attachments/\(record.id)",
            ]
        )
    }

    private func json(
        _ status: HTTPResponseStatus,
        _ document: any JSONDocument,
        headers: HTTPHeaders = [:]
    ) -> Response {
        var headers = headers
        headers.add(name: "Cache-Control", value: "no-store")
        return Response(status, contentType: "application/json", bytes: document.bytes, headers: headers)
    }
}
