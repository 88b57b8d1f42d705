extension GetObjectAttributesResult {
    /// The `GetObjectAttributesResponse` document, with what was asked for.
    ///
    /// - Throws: `InternalError` when memory runs out.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "GetObjectAttributesResponse") { xml in
            // The one document with a bare entity tag.
            if asks(.etag) { xml.text("ETag", etag.text) }
            if asks(.checksum), let checksum { xml.element("Checksum") { write(checksum, to: $0) } }
            if asks(.objectParts), !parts.isEmpty { xml.element("ObjectParts") { writeParts(to: $0) } }
            if asks(.storageClass) { xml.text("StorageClass", storageClass) }
            if asks(.objectSize) { xml.text("ObjectSize", "\(size)") }
        }
    }

    private func asks(_ attribute: GetObjectAttributesRequest.Attribute) -> Bool {
        request.attributes.contains(attribute)
    }

    /// Writes the checksum; a composite one without its count of parts, unlike everywhere else.
    private func write(_ checksum: ObjectChecksum, to xml: XMLDocument) {
        ChecksumElement.write(checksum.checksum, to: xml)
        xml.text("ChecksumType", checksum.type.rawValue)
    }

    /// Writes the count, and the parts themselves when they were uploaded with checksums.
    private func writeParts(to xml: XMLDocument) {
        xml.text("PartsCount", "\(parts.count)")
        guard parts.contains(where: { $0.checksum != nil }) else { return }
        let page = PartNumberMarker.page(
            of: parts,
            after: request.partNumberMarker,
            limit: request.maxParts,
            number: \.number
        )
        xml.text("PartNumberMarker", "\(request.partNumberMarker)")
        xml.text("NextPartNumberMarker", "\(page.parts.last?.number.value ?? 0)")
        xml.text("MaxParts", "\(request.maxParts)")
        xml.text("IsTruncated", page.isTruncated ? "true" : "false")
        for part in page.parts { xml.element("Part") { write(part, to: $0) } }
    }

    private func write(_ part: Part, to xml: XMLDocument) {
        xml.text("PartNumber", "\(part.number)")
        xml.text("Size", "\(part.size)")
        if let checksum = part.checksum { ChecksumElement.write(checksum, to: xml) }
    }
}
