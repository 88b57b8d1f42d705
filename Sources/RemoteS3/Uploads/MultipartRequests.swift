import NIOCore
package import S3Protocol

/// The requests of an upload in parts to one key of a remote, and what their answers have to say; pure.
package struct MultipartRequests: Sendable {
    /// A part that the remote took.
    package struct SentPart: Hashable, Sendable {
        /// Its number, from 1.
        package let number: Int
        /// The entity tag that the remote gave it.
        package let etag: ETag
        /// Its checksum, of uploads with one.
        package let checksum: Checksum?

        /// A part of these properties.
        package init(number: Int, etag: ETag, checksum: Checksum? = nil) {
            self.number = number
            self.etag = etag
            self.checksum = checksum
        }
    }

    private let bucket: String
    private let key: [UInt8]

    /// The requests about a key, as bucket and key are called there.
    package init(bucket: String, key: [UInt8]) {
        self.bucket = bucket
        self.key = key
    }

    /// Begins an upload of an object that will have these attributes.
    package func create(_ headers: HeaderList = HeaderList()) -> RemoteRequest {
        RemoteRequest("POST", bucket: bucket, key: key, query: "uploads", headers: headers)
    }

    /// Sends a part of this length.
    package func part(_ number: Int, of id: String, length: Int64, _ headers: HeaderList) -> RemoteRequest {
        RemoteRequest(
            "PUT",
            bucket: bucket,
            key: key,
            query: "partNumber=\(number)&\(Self.query(id))",
            headers: headers,
            payload: .stream(RemoteRequest.Stream(length: length))
        )
    }

    /// Puts the parts together.
    ///
    /// - Throws: `InternalError` when memory runs out.
    package func complete(
        _ id: String,
        _ parts: [SentPart],
        _ headers: HeaderList = HeaderList()
    ) throws(S3Error) -> RemoteRequest {
        let document = try XMLDocument.bytes(root: "CompleteMultipartUpload") { xml in
            for part in parts {
                xml.element("Part") { xml in
                    xml.text("PartNumber", "\(part.number)")
                    xml.text("ETag", part.etag.quoted)
                    if let checksum = part.checksum { xml.text(checksum.algorithm.elementName, checksum.base64) }
                }
            }
        }
        let payload = RemoteRequest.Payload.bytes(ByteBuffer(bytes: document))
        var request = RemoteRequest(
            "POST",
            bucket: bucket,
            key: key,
            query: Self.query(id),
            headers: headers,
            payload: payload
        )
        request.isSafeToRepeat = true
        return request
    }

    /// Has the parts forgotten.
    package func abort(_ id: String) -> RemoteRequest {
        RemoteRequest("DELETE", bucket: bucket, key: key, query: Self.query(id))
    }

    private static func query(_ id: String) -> String {
        "uploadId=\(PercentEncoding.encode(id, keepingSlash: false))"
    }
}

extension MultipartRequests {
    /// The id of the upload that an answer to `create` says was begun; nil when it says no such thing.
    package static func uploadID(_ document: XMLNode) -> String? {
        guard ByteText.equal(document.name, "InitiateMultipartUploadResult"), let id = document["UploadId"]?.text,
            !id.isEmpty
        else { return nil }
        return id
    }

    /// The object that an answer to `complete` says is there now; nil when it says no such thing, whatever its status.
    package static func object(_ document: XMLNode, _ headers: HeaderList) -> UploadedObject? {
        guard ByteText.equal(document.name, "CompleteMultipartUploadResult"), let etag = document["ETag"]?.text else {
            return nil
        }
        var object = UploadedObject(headers)
        object.etag = ETag(etag)
        object.checksum = RemoteRecord.checksum { document[$0.elementName]?.text }
        return object.etag.text.isEmpty ? nil : object
    }

    /// The entity tag that S3 gives an object of these parts; nil when theirs are no MD5, as those of encrypted ones.
    package static func etag(of parts: [SentPart]) -> ETag? {
        var digests = Insecure.MD5()
        for part in parts {
            guard part.etag.text.utf8.count == 32, let md5 = Hex.decode(part.etag.text) else { return nil }
            md5.withUnsafeBytes { digests.update(bufferPointer: $0) }
        }
        return ETag("\(Hex.encode(digests.finalize()))-\(parts.count)")
    }
}
