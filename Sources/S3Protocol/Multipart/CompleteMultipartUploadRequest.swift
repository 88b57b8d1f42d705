/// The body of CompleteMultipartUpload: which parts make the object, in their order.
package struct CompleteMultipartUploadRequest: Equatable, Sendable {
    /// One listed part.
    package struct Part: Equatable, Sendable {
        /// Its number.
        package let number: PartNumber
        /// The entity tag that UploadPart gave.
        package let etag: ETag
        /// The part's checksum, if it is listed.
        package let checksum: Checksum?
    }

    /// How much of a body is read: 10,000 parts with the longest checksums, written with indentation.
    package static let limits = XMLLimits(bytes: 4 << 20)

    /// The upload.
    package let uploadID: UploadID
    /// The parts, ascending; at least one.
    package let parts: [Part]

    /// The parts in a body.
    ///
    /// - Throws: `MalformedXML` when it is no such document, `InvalidRequest` without parts, `InvalidPartOrder` when
    ///   they do not ascend, `InvalidPart` for a number beyond 10000, `InvalidArgument` for one below 1 and for a
    ///   checksum that cannot be read.
    package init(body: [UInt8], uploadID: UploadID) throws(S3Error) {
        let root = try XMLNode.parse(body, limits: Self.limits)
        guard ByteText.equal(root.name, "CompleteMultipartUpload") else {
            throw .malformedXML("the root is \(root.name), not CompleteMultipartUpload")
        }
        let listed = try root.all("Part").map { node throws(S3Error) in try ListedPart(node) }
        guard !listed.isEmpty else { throw .noPartListed }
        for (part, next) in zip(listed, listed.dropFirst()) where part.number >= next.number {
            throw .invalidPartOrder(uploadID: uploadID.text)
        }
        self.uploadID = uploadID
        parts = try listed.map { part throws(S3Error) in
            guard let number = try? PartNumber(part.number) else {
                throw .invalidPart(uploadID: uploadID.text, partNumber: part.number, etag: part.etag)
            }
            return Part(number: number, etag: part.etag, checksum: part.checksum)
        }
    }
}

extension CompleteMultipartUploadRequest {
    /// The entity tag of the object that these parts make; nil when one of them has none that S3 gives to parts.
    package var objectETag: ETag? { ETag(ofParts: parts.map(\.etag)) }
}

extension ETag {
    /// The entity tag of an object that was put together of parts: the MD5 of their MD5s and their number, as in
    /// `9b2cf5…-2`; nil when the tag of one is no MD5 (AWS, "Checking object integrity", multipart uploads).
    package init?(ofParts parts: [ETag]) {
        var md5 = Checksummer(.md5)
        for part in parts {
            guard let digest = Hex.decode(part.text), digest.count == 16 else { return nil }
            digest.withUnsafeBytes { md5.update($0) }
        }
        self.init(Hex.encode(md5.finalize().digest) + "-\(parts.count)")
    }
}

/// A `Part` element, its number not yet held against the highest.
private struct ListedPart {
    let number: Int
    let etag: ETag
    let checksum: Checksum?

    init(_ node: XMLNode) throws(S3Error) {
        guard let numberText = node["PartNumber"]?.text, let etagText = node["ETag"]?.text else {
            throw .malformedXML("a Part without PartNumber or ETag")
        }
        guard let number = Int(ByteText.trimmed(numberText)) else {
            throw .malformedXML("the part number \(numberText) is no integer")
        }
        guard number >= 1 else { throw .partNumberBelowOne("\(number)") }
        self.number = number
        etag = ETag(ByteText.trimmed(etagText))
        checksum = try Self.checksum(in: node)
    }

    private static func checksum(in node: XMLNode) throws(S3Error) -> Checksum? {
        var found: Checksum?
        for child in node.children {
            guard let algorithm = ChecksumElement.algorithm(child.name) else { continue }
            let text = ByteText.trimmed(child.text)
            // SDKs write members that were never set as empty elements.
            guard !text.isEmpty else { continue }
            guard found == nil, let checksum = Checksum(algorithm: algorithm, base64: text) else {
                throw .invalidPartChecksum(text)
            }
            found = checksum
        }
        return found
    }
}
