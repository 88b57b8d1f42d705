extension ListObjectVersionsResult {
    /// The `ListVersionsResult` document.
    ///
    /// - Throws: `InternalError` when memory runs out.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "ListVersionsResult") { xml in
            xml.text("Name", bucket.string)
            xml.text("Prefix", encoded(request.prefix))
            writeMarkers(to: xml)
            xml.text("MaxKeys", "\(request.maxKeys)")
            if !request.delimiter.isEmpty { xml.text("Delimiter", encoded(request.delimiter)) }
            if request.encodesURLs { xml.text("EncodingType", "url") }
            xml.text("IsTruncated", isTruncated ? "true" : "false")
            for entry in entries { writeVersion(entry, to: xml) }
            for case .commonPrefix(let prefix) in entries {
                xml.element("CommonPrefixes") { $0.text("Prefix", encoded(prefix)) }
            }
        }
    }

    private func writeMarkers(to xml: XMLDocument) {
        xml.text("KeyMarker", encoded(request.keyMarker))
        xml.text("VersionIdMarker", request.versionIDMarker?.text ?? "")
        guard isTruncated, let last = entries.last else { return }
        switch last {
        case .version(let identity, _), .deleteMarker(let identity):
            xml.text("NextKeyMarker", encoded(identity.key.utf8))
            xml.text("NextVersionIdMarker", identity.version.text)
        case .commonPrefix(let prefix):
            xml.text("NextKeyMarker", encoded(prefix))
        }
    }

    /// Writes a version or a marker; common prefixes stand behind all of them.
    private func writeVersion(_ entry: Entry, to xml: XMLDocument) {
        switch entry {
        case .version(let identity, let content):
            xml.element("Version") { element in
                write(identity, to: element)
                write(content, to: element)
                writeOwner(identity, to: element)
            }
        case .deleteMarker(let identity):
            xml.element("DeleteMarker") { element in
                write(identity, to: element)
                writeOwner(identity, to: element)
            }
        case .commonPrefix: return
        }
    }

    private func write(_ identity: Identity, to xml: XMLDocument) {
        xml.text("Key", encoded(identity.key.utf8))
        xml.text("VersionId", identity.version.text)
        xml.text("IsLatest", identity.isLatest ? "true" : "false")
        xml.text("LastModified", identity.modified.iso8601Milliseconds)
    }

    private func write(_ content: Content, to xml: XMLDocument) {
        xml.text("ETag", content.etag.quoted)
        if let algorithm = content.checksumAlgorithm {
            xml.text("ChecksumAlgorithm", algorithm.rawValue)
            xml.text("ChecksumType", content.checksumType.rawValue)
        }
        xml.text("Size", "\(content.size)")
        xml.text("StorageClass", content.storageClass)
    }

    private func writeOwner(_ identity: Identity, to xml: XMLDocument) {
        guard let id = identity.ownerID else { return }
        xml.element("Owner") { $0.text("ID", id) }
    }

    private func encoded(_ bytes: [UInt8]) -> String {
        EncodingType.text(bytes, isURL: request.encodesURLs)
    }
}
