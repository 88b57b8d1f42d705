import NIOCore
import RemoteS3
import S3Protocol

// Uploads in parts.
extension RemoteKey {
    /// A part that the remote has.
    struct StoredPart: Sendable, Equatable {
        let etag: String
        let size: Int64
    }

    private static let maximumPages = 20

    /// Begins an upload; gives its id.
    func beginUpload(_ headers: HeaderList) async throws -> String {
        let request = try requests.create(headers)
        let (response, root) = try await asked(request) { request in
            try await makingBucket { try await perform(request) }
        }
        guard response.status == 200, let id = root.flatMap(MultipartRequests.uploadID) else {
            throw MirrorFailure(response, to: "begin an upload in parts")
        }
        return id
    }

    /// The parts that an upload has; nil when the remote knows no such upload.
    func parts(of id: String) async throws -> [Int: StoredPart]? {
        var (parts, marker): ([Int: StoredPart], String) = ([:], "0")
        for _ in 0..<Self.maximumPages {
            var request = RemoteRequest("GET")
            request.query = "\(Self.query(id))&part-number-marker=\(marker)"
            let (response, root) = try await asked(request) { try await perform($0) }
            // Some say in other words that there is no such upload.
            if 400..<500 ~= response.status, ![401, 403, 408, 429].contains(response.status) { return nil }
            guard response.status == 200, let root else { throw MirrorFailure(response, to: "list parts") }
            for node in root.all("Part") {
                guard let number = node["PartNumber"].flatMap({ Int($0.text) }) else { continue }
                parts[number] = StoredPart(
                    etag: ETag(node["ETag"]?.text ?? "").text,
                    size: node["Size"].flatMap { Int64($0.text) } ?? -1
                )
            }
            guard ByteText.equal(root["IsTruncated"]?.text ?? "", "true"), let next = root["NextPartNumberMarker"]?.text
            else { break }
            marker = next
        }
        return parts
    }

    /// Sends a part, which the remote verifies; gives its entity tag.
    func putPart(_ number: Int, of id: String, md5: [UInt8], length: Int64, _ body: RemoteBody) async throws -> String {
        let headers = HeaderList([("Content-MD5", Base64.encode(md5))])
        let request = try requests.part(number, of: id, length: length, headers)
        let response = try await perform(request, body: body)
        guard response.status == 200, let etag = response.headers["ETag"] else {
            throw MirrorFailure(response, to: "take a part")
        }
        return ETag(etag).text
    }

    /// Puts the parts together; gives the headers of the object that there is then.
    func complete(
        _ id: String,
        _ parts: [(number: Int, etag: String)],
        replacing old: RemoteObject?
    ) async throws -> HeaderList {
        let sent = parts.map { MultipartRequests.SentPart(number: $0.number, etag: ETag($0.etag)) }
        let request = try requests.complete(id, sent)
        let (response, root) = try await asked(request) { try await write($0, replacing: old) }
        guard response.status == 200 else { throw MirrorFailure(response, to: "complete an upload in parts") }
        // It answers before it is done, and may still fail then.
        guard let root, let object = MultipartRequests.object(root, response.headers) else {
            throw MirrorFailure(
                .retry,
                "the remote failed to complete an upload: \(root?["Code"]?.text ?? "no document")"
            )
        }
        var headers = response.headers
        headers.append("ETag", object.etag.quoted)
        return headers
    }

    /// Ends an upload without an object; one that is gone is no failure.
    func abort(_ id: String) async throws {
        let response = try await perform(try requests.abort(id))
        guard response.status < 300 || response.status == 404 else {
            throw MirrorFailure(response, to: "end an upload in parts")
        }
    }

    private var requests: MultipartRequests {
        get throws { MultipartRequests(bucket: route.names.remote, key: try route.names.there(key)) }
    }

    private static func query(_ id: String) -> String {
        "uploadId=\(PercentEncoding.encode(id, keepingSlash: false))"
    }

    /// The answer with its document, of one that has any.
    private func asked(
        _ request: RemoteRequest,
        _ send: (RemoteRequest) async throws -> RemoteResponse
    ) async throws -> (RemoteResponse, XMLNode?) {
        let response = try await send(request)
        guard case .bytes(let buffer) = response.content, buffer.readableBytes > 0 else { return (response, nil) }
        return (response, try? XMLNode.parse(Array(buffer.readableBytesView), limits: RemoteDocument.limits))
    }
}
