import NIOCore
import ObjectStorage
import RemoteS3
import S3Protocol

/// One key of the remote: looked at, written, deleted.
struct RemoteKey: Sendable {
    /// The longest answer that is read.
    private static let maximumDocument = 1 << 20

    let route: RemoteRoute
    let key: ObjectKey
    let traits: RemoteTraits

    private var endpoint: String { route.client.endpoint.text }

    /// The object there, or the id of the delete marker in its place; neither when there is nothing.
    func look(beside local: ObjectRecord?) async throws -> (object: RemoteObject?, marker: String?) {
        var request = RemoteRequest("HEAD")
        request.headers.append("x-amz-checksum-mode", "ENABLED")
        let response = try await perform(request)
        switch response.status {
        case 200: return (MirrorHeaders.object(response.headers, of: key, beside: local), nil)
        case 404: return (nil, MirrorHeaders.version(response.headers))
        default: throw MirrorFailure(response, to: "tell of an object")
        }
    }

    /// The object there; nil for none.
    func head(beside local: ObjectRecord?) async throws -> RemoteObject? {
        try await look(beside: local).object
    }

    /// Sends a whole object; gives what it is there.
    func put(
        _ record: ObjectRecord,
        _ content: MirroredContent,
        replacing old: RemoteObject?
    ) async throws -> MirrorNote {
        var headers = MirrorHeaders.headers(record).appending(MirrorHeaders.proofs(of: record))
        if headers["Content-MD5"] == nil {
            headers.append("Content-MD5", Base64.encode(try await content.md5(0..<content.size)))
        }
        var request = RemoteRequest("PUT", headers: headers)
        request.isSentOnce = true
        request.payload = .stream(RemoteRequest.Stream(length: content.size))
        let response = try await write(request, replacing: old) { content.body(0..<content.size) }
        guard response.status == 200 else { throw MirrorFailure(response, to: "take an object") }
        return try await verified(record, response.headers)
    }

    /// Deletes an object, or puts one more delete marker before the one that is there for nil; gives the marker's id.
    func delete(_ object: RemoteObject?) async throws -> String? {
        var request = RemoteRequest("DELETE")
        request.isSentOnce = true
        let response =
            if let object { try await write(request, replacing: object) } else { try await perform(request) }
        guard response.status < 300 || response.status == 404 else {
            throw MirrorFailure(response, to: "delete an object")
        }
        return MirrorHeaders.version(response.headers)
    }

    /// Deletes one version for good.
    func delete(version: String) async throws {
        var request = RemoteRequest("DELETE")
        request.query = "versionId=\(PercentEncoding.encode(version, keepingSlash: false))"
        let response = try await perform(request)
        guard response.status < 300 || response.status == 404 else {
            throw MirrorFailure(response, to: "delete a version")
        }
    }

    /// Makes the object's tags these.
    func setTags(_ tags: [ObjectAttributes.Tag]) async throws {
        var request = RemoteRequest(tags.isEmpty ? "DELETE" : "PUT")
        request.query = "tagging"
        if !tags.isEmpty {
            let document = try TagSet(tags.map { TagSet.Tag($0.key, $0.value) }, of: .object).document()
            request.headers.append("Content-MD5", Base64.encode(Self.md5(document)))
            request.payload = .bytes(ByteBuffer(bytes: document))
        }
        let response = try await perform(request)
        guard response.status < 300 else { throw MirrorFailure(response, to: "take an object's tags") }
    }

    /// The answer to a request about the key.
    func perform(_ request: RemoteRequest, body: RemoteBody? = nil) async throws -> RemoteResponse {
        var request = request
        request.bucket = route.names.remote
        request.key = try route.names.there(key)
        let response = try await route.client.perform(request, body: body)
        return try await response.collected(upTo: Self.maximumDocument, from: endpoint)
    }

    private static func md5(_ bytes: [UInt8]) -> [UInt8] {
        var digest = Insecure.MD5()
        bytes.withUnsafeBytes { digest.update(bufferPointer: $0) }
        return digest.finalize().withUnsafeBytes { Array($0) }
    }
}

// MARK: - Writes

extension RemoteKey {
    /// Writes on the condition that the object there is the one that was seen, where the remote takes conditions.
    ///
    /// A bucket that is missing is made.
    func write(
        _ request: RemoteRequest,
        replacing old: RemoteObject?,
        body: () -> RemoteBody? = { nil }
    ) async throws -> RemoteResponse {
        try await makingBucket { try await writeOnCondition(request, replacing: old, body) }
    }

    /// The answer to a request; a bucket that is missing is made, and the request sent again.
    func makingBucket(_ send: () async throws -> RemoteResponse) async throws -> RemoteResponse {
        let response = try await send()
        guard response.status == 404, response.refusal?.code == "NoSuchBucket", route.names.prefix.isEmpty else {
            return response
        }
        try await route.makeBucket()
        return try await send()
    }

    private func writeOnCondition(
        _ request: RemoteRequest,
        replacing old: RemoteObject?,
        _ body: () -> RemoteBody?
    ) async throws -> RemoteResponse {
        guard traits.takesConditions(endpoint) else { return try await perform(request, body: body()) }
        var conditional = request
        if let old {
            conditional.headers.append("If-Match", ETag(old.etag).quoted)
        } else {
            conditional.headers.append("If-None-Match", "*")
        }
        let response = try await perform(conditional, body: body())
        guard try await mayNotKnowConditions(response, old) else { return response }
        let plain = try await perform(request, body: body())
        if plain.status < 300 { traits.noteUnconditional(endpoint) }
        return plain
    }

    /// Whether the refusal may be of conditions as such; some remotes say that a tag is another which is not.
    private func mayNotKnowConditions(_ response: RemoteResponse, _ old: RemoteObject?) async throws -> Bool {
        if response.status == 501 { return true }
        if response.status == 412 { return try await head(beside: nil)?.etag == old?.etag }
        return response.status == 400
            && ["NotImplemented", "InvalidArgument", "InvalidRequest"].contains(response.refusal?.code)
    }

    /// What the remote has after it took an object, if that is the object.
    func verified(_ record: ObjectRecord, _ headers: HeaderList) async throws -> MirrorNote {
        let etag = ETag(headers["ETag"] ?? "").text
        var note = MirrorNote(
            sequence: record.sequence,
            etag: etag,
            version: MirrorHeaders.version(headers),
            tags: MirrorHeaders.tagDigest(record.attributes.tags)
        )
        if ByteText.equal(etag, record.etag.text) { return note }
        // Of encrypted objects, and of other parts, the tag is another: then size, write and checksum have to do.
        guard let found = try await head(beside: record), found.size == record.size, found.mayBeEqual,
            found.sequence == record.sequence || !MirrorHeaders.hasRoom(record)
        else { throw MirrorFailure(.retry, "the remote has something else than what it took") }
        note.etag = found.etag
        return note
    }
}
