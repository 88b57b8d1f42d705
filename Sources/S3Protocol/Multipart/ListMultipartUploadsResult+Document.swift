extension ListMultipartUploadsResult {
    /// The `ListMultipartUploadsResult` document.
    ///
    /// - Throws: `InternalError` when memory runs out.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "ListMultipartUploadsResult") { xml in
            xml.text("Bucket", bucket.string)
            writeMarkers(to: xml)
            if !request.prefix.isEmpty { xml.text("Prefix", encoded(request.prefix)) }
            if !request.delimiter.isEmpty { xml.text("Delimiter", encoded(request.delimiter)) }
            if request.encodesURLs { xml.text("EncodingType", "url") }
            xml.text("MaxUploads", "\(request.maxUploads)")
            xml.text("IsTruncated", isTruncated ? "true" : "false")
            for case .upload(let upload) in entries { xml.element("Upload") { write(upload, to: $0) } }
            for case .commonPrefix(let prefix) in entries {
                xml.element("CommonPrefixes") { $0.text("Prefix", encoded(prefix)) }
            }
        }
    }

    /// Where the page ends: S3 says so on the last page too, but not of a last page of common prefixes alone.
    private var next: (key: [UInt8], uploadID: String) {
        switch entries.last {
        case .upload(let upload): (upload.key.utf8, upload.id.text)
        case .commonPrefix(let prefix) where hasUploads || isTruncated: (prefix, "")
        default: ([], "")
        }
    }

    private var hasUploads: Bool {
        entries.contains { entry in
            if case .upload = entry { true } else { false }
        }
    }

    private func writeMarkers(to xml: XMLDocument) {
        xml.text("KeyMarker", encoded(request.keyMarker))
        xml.text("UploadIdMarker", request.uploadIDMarker?.text ?? "")
        xml.text("NextKeyMarker", encoded(next.key))
        xml.text("NextUploadIdMarker", next.uploadID)
    }

    private func write(_ upload: Upload, to xml: XMLDocument) {
        xml.text("Key", encoded(upload.key.utf8))
        xml.text("UploadId", upload.id.text)
        upload.initiator.write(to: xml)
        xml.element("Owner") { $0.text("ID", upload.ownerID) }
        xml.text("StorageClass", upload.storageClass)
        xml.text("Initiated", upload.initiated.iso8601Milliseconds)
        upload.choice.write(to: xml)
    }

    private func encoded(_ bytes: [UInt8]) -> String {
        EncodingType.text(bytes, isURL: request.encodesURLs)
    }
}
