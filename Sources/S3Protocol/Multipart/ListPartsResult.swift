/// One page of an upload's parts, to be written as a `ListPartsResult` document.
package struct ListPartsResult: Sendable {
    /// The bucket.
    package let bucket: BucketName
    /// The key of the object to be.
    package let key: ObjectKey
    /// What was asked for.
    package let request: ListPartsRequest
    /// Who began the upload.
    package let initiator: UploadInitiator
    /// The canonical id of the owner of the object to be.
    package let ownerID: String
    /// Which checksum the object is to have.
    package let choice: MultipartChecksumChoice
    /// The storage class.
    package let storageClass: String
    /// The parts, ascending.
    package let parts: [UploadedPart]
    /// Whether more follow.
    package let isTruncated: Bool

    /// A page of these parts.
    package init(
        bucket: BucketName,
        key: ObjectKey,
        request: ListPartsRequest,
        initiator: UploadInitiator,
        ownerID: String,
        choice: MultipartChecksumChoice,
        storageClass: String = "STANDARD",
        parts: [UploadedPart],
        isTruncated: Bool
    ) {
        self.bucket = bucket
        self.key = key
        self.request = request
        self.initiator = initiator
        self.ownerID = ownerID
        self.choice = choice
        self.storageClass = storageClass
        self.parts = parts
        self.isTruncated = isTruncated
    }

    /// The `ListPartsResult` document.
    ///
    /// - Throws: `InternalError` when memory runs out.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "ListPartsResult") { xml in
            xml.text("Bucket", bucket.string)
            xml.text("Key", key.string)
            xml.text("UploadId", request.uploadID.text)
            initiator.write(to: xml)
            xml.element("Owner") { $0.text("ID", ownerID) }
            xml.text("StorageClass", storageClass)
            xml.text("PartNumberMarker", "\(request.partNumberMarker)")
            xml.text("NextPartNumberMarker", "\(parts.last?.number.value ?? 0)")
            xml.text("MaxParts", "\(request.maxParts)")
            xml.text("IsTruncated", isTruncated ? "true" : "false")
            choice.write(to: xml)
            for part in parts { xml.element("Part") { write(part, to: $0) } }
        }
    }

    private func write(_ part: UploadedPart, to xml: XMLDocument) {
        xml.text("PartNumber", "\(part.number)")
        xml.text("LastModified", part.modified.iso8601Milliseconds)
        xml.text("ETag", part.etag.quoted)
        xml.text("Size", "\(part.size)")
        // S3 keeps the checksums to itself that nobody asked for.
        guard let checksum = part.checksum, checksum.algorithm == choice.algorithm else { return }
        ChecksumElement.write(checksum, to: xml)
    }
}

extension MultipartChecksumChoice {
    /// Writes the choice into the element of an upload; nothing when the client made none.
    func write(to xml: XMLDocument) {
        guard let algorithm else { return }
        xml.text("ChecksumAlgorithm", algorithm.rawValue)
        xml.text("ChecksumType", type.rawValue)
    }
}
