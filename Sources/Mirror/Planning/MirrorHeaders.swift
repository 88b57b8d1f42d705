import ObjectStorage
import RemoteS3
import S3Protocol

/// What the headers of a mirrored object say on either side: pure.
enum MirrorHeaders {
    /// The metadata that tells which write here an object of the remote is.
    static let sequence = "larder-seq"

    /// The most bytes that S3 takes of names and values of metadata together.
    private static let maximumMetadata = 2_048

    /// The headers that an object of this record gets there; where its own metadata leaves no room, nothing tells which
    /// write it is.
    static func headers(_ record: ObjectRecord) -> HeaderList {
        var attributes = record.attributes
        attributes.metadata[sequence] = hasRoom(record) ? "\(record.sequence)" : nil
        return RemoteRecord.headers(attributes)
    }

    /// Whether the object is told apart by the write that it is, not only by its entity tag.
    static func hasRoom(_ record: ObjectRecord) -> Bool {
        let own = record.attributes.metadata.filter { $0.key != sequence }
        let length = own.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        return length + sequence.utf8.count + "\(record.sequence)".utf8.count <= maximumMetadata
    }

    /// What an answer to HEAD says of an object, beside the record here that it should be.
    static func object(_ headers: HeaderList, of key: ObjectKey, beside local: ObjectRecord?) -> RemoteObject {
        let record = RemoteRecord.record(of: key, headers)
        return RemoteObject(
            etag: record.etag.text,
            version: version(headers),
            size: record.size,
            sequence: record.attributes.metadata[sequence].flatMap { Int64($0) },
            hasTags: headers["x-amz-tagging-count"].flatMap { Int($0) }.map { $0 > 0 } ?? false,
            hasSameAttributes: local.map { areEqual($0.attributes, record.attributes) } ?? false,
            mayBeEqual: local.map { mayBeEqual($0, record.etag.text, headers) } ?? false
        )
    }

    /// Whether entity tag and checksums of an object there may be those of a record; both say nothing of some objects.
    private static func mayBeEqual(_ record: ObjectRecord, _ etag: String, _ headers: HeaderList) -> Bool {
        guard checksumsAgree(record, headers) else { return false }
        guard digest(etag, headers) != nil, record.parts.isEmpty, md5(record.etag.text) != nil else { return true }
        return ByteText.equal(etag, record.etag.text)
    }

    /// Whether the checksums that both sides have of the content are the same.
    static func checksumsAgree(_ record: ObjectRecord, _ headers: HeaderList) -> Bool {
        guard record.checksumType == .fullObject else { return true }
        return record.checksums.allSatisfy { checksum in
            guard let text = headers[checksum.algorithm.headerName],
                let there = ObjectChecksum(algorithm: checksum.algorithm, headerValue: text), there.type == .fullObject
            else { return true }
            return there.checksum == checksum
        }
    }

    /// The remote's id of a version; nil where it has none.
    static func version(_ headers: HeaderList) -> String? {
        headers["x-amz-version-id"].flatMap { ByteText.equal($0, "null") ? nil : $0 }
    }

    /// Whether what is set here is there too; a remote may say more, such as a content type that nobody gave.
    private static func areEqual(_ here: ObjectAttributes, _ there: ObjectAttributes) -> Bool {
        var (own, other) = (here.metadata, there.metadata)
        (own[sequence], other[sequence]) = (nil, nil)
        return own == other
            && here.headers.allSatisfy { name, value in
                value == there.headers[name] ?? (name == "x-amz-storage-class" ? "STANDARD" : nil)
            }
    }

    /// The digest of an object's tags; nil for none.
    static func tagDigest(_ tags: [ObjectAttributes.Tag]) -> String? {
        guard !tags.isEmpty else { return nil }
        var hash = SHA256()
        for text in tags.sorted(by: { $0.key < $1.key }).flatMap({ [$0.key, $0.value] }) {
            let escaped = PercentEncoding.encode(text, keepingSlash: false) + "&"
            Array(escaped.utf8).withUnsafeBytes { hash.update(bufferPointer: $0) }
        }
        return String(Hex.encode(hash.finalize()).prefix(32))
    }

    /// The checksums by which the remote verifies what it gets; none of an object whose entity tag is no digest and which
    /// has no checksum.
    static func proofs(of record: ObjectRecord) -> HeaderList {
        var headers = HeaderList()
        if record.parts.isEmpty, let md5 = md5(record.etag.text) { headers.append("Content-MD5", Base64.encode(md5)) }
        let known = record.checksumType == .fullObject ? record.checksums.first { isWide($0.algorithm) } : nil
        if let known { headers.append(known.algorithm.headerName, known.base64) }
        return headers
    }

    /// The MD5 that an entity tag is; nil for one that is none.
    static func md5(_ etag: String) -> [UInt8]? {
        etag.utf8.count == 32 ? Hex.decode(etag) : nil
    }

    /// The MD5 of an object's content that an answer's entity tag is; nil where it is none, as of encrypted objects.
    static func digest(_ etag: String, _ headers: HeaderList) -> [UInt8]? {
        (headers["x-amz-server-side-encryption"] ?? "").hasPrefix("aws:") ? nil : md5(etag)
    }

    /// Whether every S3 knows the algorithm; a remote refuses one that it does not know.
    private static func isWide(_ algorithm: ChecksumAlgorithm) -> Bool {
        [.crc32, .crc32c, .sha1, .sha256].contains(algorithm)
    }
}
