import HTTPTransport
import NIOCore
import ObjectStorage
import RemoteS3
import S3Protocol

/// An object of the remote on its way here.
struct RemoteContent {
    let etag: String
    /// The digest of the content, where the entity tag is one.
    let md5: [UInt8]?
    let version: String?
    let size: Int64
    let attributes: ObjectAttributes
    /// The next bytes; nil at the end.
    let next: () async throws -> ByteBuffer?
}

extension RemoteKey {
    /// The object with its content and all that is set on it; nil when there is none.
    func get() async throws -> RemoteContent? {
        var request = RemoteRequest("GET", bucket: route.names.remote, key: try route.names.there(key))
        request.headers.append("Accept-Encoding", "identity")
        let response = try await route.client.perform(request)
        guard response.status != 404 else { return nil }
        guard response.status == 200 else { throw MirrorFailure(response, to: "give an object") }
        let record = RemoteRecord.record(of: key, response.headers)
        let object = MirrorHeaders.object(response.headers, of: key, beside: nil)
        var attributes = record.attributes
        attributes.metadata[MirrorHeaders.sequence] = nil
        if object.hasTags { attributes.tags = try await tags() }
        let (content, endpoint) = (response.content, route.client.endpoint.text)
        var isRead = false
        return RemoteContent(
            etag: object.etag,
            md5: MirrorHeaders.digest(object.etag, response.headers),
            version: object.version,
            size: record.size,
            attributes: attributes
        ) {
            switch content {
            case .bytes(let bytes):
                defer { isRead = true }
                return isRead ? nil : bytes
            case .stream(let body):
                do {
                    return try await body.next()
                } catch let error as TransportError {
                    throw RemoteError(error, endpoint: endpoint)
                }
            }
        }
    }

    private func tags() async throws -> [ObjectAttributes.Tag] {
        var request = RemoteRequest("GET")
        request.query = "tagging"
        let response = try await perform(request)
        guard response.status == 200, case .bytes(let buffer) = response.content else {
            throw MirrorFailure(response, to: "give an object's tags")
        }
        let set = try TagSet(document: Array(buffer.readableBytesView), of: .object)
        return set.tags.map { ObjectAttributes.Tag(key: $0.key, value: $0.value) }
    }

    /// Whether the remote's object is that of a record, as far as an answer to HEAD tells: size, write or entity tag,
    /// checksum, headers, metadata, whether there are tags.
    func isEqual(to record: ObjectRecord) async throws -> Bool {
        guard let found = try await head(beside: record) else { return false }
        return found.size == record.size && found.hasSameAttributes
            && found.hasTags == !record.attributes.tags.isEmpty
            && (found.sequence == record.sequence || ByteText.equal(found.etag, record.etag.text))
            && found.mayBeEqual
    }
}
