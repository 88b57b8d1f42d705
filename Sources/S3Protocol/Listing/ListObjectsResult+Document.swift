extension ListObjectsResult {
    /// The `ListBucketResult` document of the request's version.
    ///
    /// - Throws: `InternalError` when memory runs out.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "ListBucketResult") { xml in
            xml.text("Name", bucket.string)
            xml.text("Prefix", encoded(request.prefix))
            writeStart(to: xml)
            xml.text("MaxKeys", "\(request.maxKeys)")
            if !request.delimiter.isEmpty { xml.text("Delimiter", encoded(request.delimiter)) }
            if request.encodesURLs { xml.text("EncodingType", "url") }
            xml.text("IsTruncated", lastOfTruncated == nil ? "false" : "true")
            for object in objects { write(object, to: xml) }
            for prefix in commonPrefixes { xml.element("CommonPrefixes") { $0.text("Prefix", encoded(prefix)) } }
        }
    }

    private func writeStart(to xml: XMLDocument) {
        switch request.start {
        case .marker(let marker):
            xml.text("Marker", encoded(marker))
            // Without a delimiter clients go on from the last key, and S3 sends none.
            if !request.delimiter.isEmpty { xml.text("NextMarker", ifPresent: lastOfTruncated.map(encoded)) }
            return
        case .startAfter(let key):
            if !key.isEmpty { xml.text("StartAfter", encoded(key)) }
        case .token(let token):
            xml.text("ContinuationToken", token.text)
        }
        xml.text("NextContinuationToken", ifPresent: lastOfTruncated.map { ContinuationToken(last: $0).text })
        xml.text("KeyCount", "\(objects.count + commonPrefixes.count)")
    }

    private func write(_ object: Object, to xml: XMLDocument) {
        xml.element("Contents") { contents in
            contents.text("Key", encoded(object.key.utf8))
            contents.text("LastModified", object.modified.iso8601Milliseconds)
            contents.text("ETag", object.etag.quoted)
            if let algorithm = object.checksumAlgorithm {
                contents.text("ChecksumAlgorithm", algorithm.rawValue)
                contents.text("ChecksumType", object.checksumType)
            }
            contents.text("Size", "\(object.size)")
            if let ownerID, request.fetchesOwner {
                contents.element("Owner") { $0.text("ID", object.ownerID ?? ownerID) }
            }
            contents.text("StorageClass", object.storageClass)
        }
    }

    private func encoded(_ bytes: [UInt8]) -> String {
        request.encodesURLs ? JavaURLEncoding.encode(bytes) : String(decoding: bytes, as: UTF8.self)
    }
}
