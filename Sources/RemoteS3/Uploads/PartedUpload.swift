import HTTPTransport
import Logging
import NIOCore
import ObjectStorage
package import S3Protocol

/// Content on its way to a remote in parts, several at a time; there is an object once the remote has put them together.
///
/// Whatever goes wrong, the remote is asked to forget the parts.
package struct PartedUpload: Sendable {
    /// How long the remote may take to forget the parts of an upload that failed.
    private static let patience = Duration.seconds(10)
    /// The longest answer that is read.
    static let maximumDocument = 1 << 20

    /// Where it goes.
    package let route: RemoteRoute
    /// The key here.
    package let key: ObjectKey
    /// What is sent.
    package let content: WholeContent
    /// What the parts are of it.
    package let parts: [Range<Int64>]
    /// How many are sent at a time.
    package let transfers: Int
    /// The checksum of the whole that a client gave.
    package let checksum: Checksum?

    /// An upload of these parts.
    package init(
        of content: WholeContent,
        to route: RemoteRoute,
        key: ObjectKey,
        parts: [Range<Int64>],
        transfers: Int,
        checksum: Checksum? = nil
    ) {
        self.route = route
        self.key = key
        self.content = content
        self.parts = parts
        self.transfers = transfers
        self.checksum = checksum
    }

    /// Sends all of it and returns what the remote says of the object.
    ///
    /// - Parameters:
    ///   - attributes: The headers that give the object its attributes.
    ///   - conditions: Those under which it may be written: they are for the moment at which it is put together.
    /// - Throws: the remote's refusals as `S3Error`, `RemoteError`, `CancellationError`.
    package func send(attributes: HeaderList, conditions: HeaderList) async throws -> UploadedObject {
        let id = try await create(attributes)
        do {
            let sent = try await sendParts(id)
            return try await complete(id, sent, conditions)
        } catch {
            await abort(id)
            throw error
        }
    }

    private var choice: MultipartChecksumChoice? {
        checksum.flatMap { checksum in
            let types = checksum.algorithm.multipartTypes
            return try? MultipartChecksumChoice(checksum.algorithm, types.first { $0 == .fullObject } ?? types.first)
        }
    }

    private func request(
        _ method: String,
        _ query: String,
        _ headers: HeaderList = HeaderList()
    ) throws -> RemoteRequest {
        RemoteRequest(
            method,
            bucket: route.names.remote,
            key: try route.names.there(key),
            query: query,
            headers: headers
        )
    }

    private func create(_ attributes: HeaderList) async throws -> String {
        let headers = attributes.appending(HeaderList(choice?.headers ?? []))
        let response = try await route.client.perform(request("POST", "uploads", headers))
        guard let id = try await document(response)["UploadId"]?.text, !id.isEmpty else {
            throw S3Error.badGateway("the remote began an upload in parts and gave it no id")
        }
        return PercentEncoding.encode(id, keepingSlash: false)
    }

    /// Asks in a task of its own: the caller's may be cancelled, which is no reason to leave parts behind.
    private func abort(_ id: String) async {
        await Task {
            do {
                var request = try request("DELETE", "uploadId=\(id)")
                request.timeouts = TransportTimeouts(firstByte: Self.patience, total: Self.patience)
                let response = try await route.client.perform(request)
                guard response.status >= 300, response.status != 404 else { return }
                throw response.error(of: nil)
            } catch {
                route.client.logger.warning(
                    "the parts of a failed upload are left in the remote",
                    metadata: ["bucket": "\(route.names.remote)", "upload": "\(id)", "error": "\(error)"]
                )
            }
        }.value
    }

    /// The document of an answer that is a success.
    private func document(_ response: RemoteResponse) async throws -> XMLNode {
        guard response.status == 200 else { throw response.error(of: key) }
        let bytes = try await response.collect(upTo: Self.maximumDocument, from: route.client.endpoint.text)
        let root = try XMLNode.parse(Array(bytes.readableBytesView), limits: RemoteDocument.limits)
        // What takes long may fail behind its 200.
        if let refusal = RemoteRefusal(root) { throw RemoteResponse.error(refusal, status: 500, of: key) }
        return root
    }
}

// MARK: - Parts

extension PartedUpload {
    /// A part that the remote has.
    private struct SentPart: Sendable {
        let number: Int
        let etag: String
        let checksum: Checksum
    }

    private func sendParts(_ id: String) async throws -> [SentPart] {
        try await withThrowingTaskGroup(of: SentPart.self) { group in
            var waiting = parts.enumerated().makeIterator()
            func begin() {
                guard let (index, range) = waiting.next() else { return }
                group.addTask { try await sendPart(index + 1, range, of: id) }
            }
            for _ in 0..<max(1, transfers) { begin() }
            var sent: [SentPart] = []
            while let part = try await group.next() {
                sent.append(part)
                begin()
            }
            return sent.sorted { $0.number < $1.number }
        }
    }

    private func sendPart(_ number: Int, _ range: Range<Int64>, of id: String) async throws -> SentPart {
        let digests = try await content.digests(range, checksum?.algorithm ?? .standard)
        var headers = HeaderList([("Content-MD5", Base64.encode(digests.md5))])
        if checksum != nil { headers.append(digests.checksum.algorithm.headerName, digests.checksum.base64) }
        var request = try request("PUT", "partNumber=\(number)&uploadId=\(id)", headers)
        request.payload = .stream(RemoteRequest.Stream(length: range.upperBound - range.lowerBound))
        let response = try await route.client.perform(request, body: content.body(range))
        guard response.status == 200 else { throw response.error(of: key) }
        guard let etag = response.headers["ETag"] else {
            throw S3Error.badGateway("the remote took part \(number) and gave it no entity tag")
        }
        return SentPart(number: number, etag: etag, checksum: digests.checksum)
    }

    private func complete(
        _ id: String,
        _ sent: [SentPart],
        _ conditions: HeaderList
    ) async throws -> UploadedObject {
        var headers = conditions
        if let checksum, let choice, choice.type == .fullObject {
            headers.append(checksum.algorithm.headerName, checksum.base64)
            headers.append("x-amz-checksum-type", choice.type.rawValue)
        }
        var request = try request("POST", "uploadId=\(id)", headers)
        request.payload = .bytes(ByteBuffer(bytes: try list(of: sent)))
        request.isSafeToRepeat = true
        let response = try await route.client.perform(request)
        return UploadedObject(try await document(response), response.headers)
    }

    private func list(of sent: [SentPart]) throws -> [UInt8] {
        try XMLDocument.bytes(root: "CompleteMultipartUpload") { xml in
            for part in sent {
                xml.element("Part") { xml in
                    xml.text("PartNumber", "\(part.number)")
                    xml.text("ETag", part.etag)
                    if checksum != nil { xml.text(part.checksum.algorithm.elementName, part.checksum.base64) }
                }
            }
        }
    }
}
