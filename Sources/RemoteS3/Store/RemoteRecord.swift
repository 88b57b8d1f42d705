package import ObjectStorage
package import S3Protocol

/// What the headers of a remote object say: pure.
package enum RemoteRecord {
    /// The id that objects of remote buckets have for their bucket's.
    package static let bucketID = "remote"

    private static let contentHeaders = [
        "content-type", "cache-control", "content-disposition", "content-encoding", "content-language", "expires",
        "x-amz-website-redirect-location", "x-amz-storage-class",
    ]
    private static let metadataPrefix = "x-amz-meta-"

    /// The record of the object whose answer, to GET or HEAD, has these headers.
    package static func record(of key: ObjectKey, _ headers: HeaderList) -> ObjectRecord {
        let modified = headers["Last-Modified"].flatMap { Timestamp(httpDate: $0) } ?? Timestamp(seconds: 0)
        return ObjectRecord(
            key: key,
            bucketID: bucketID,
            sequence: modified.nanoseconds,
            version: headers["x-amz-version-id"].map { VersionID(ofRemote: $0) } ?? .null,
            size: headers["Content-Length"].flatMap { Int64($0) } ?? 0,
            modified: modified,
            etag: ETag(headers["ETag"] ?? ""),
            checksums: [],
            attributes: attributes(headers)
        )
    }

    private static func attributes(_ headers: HeaderList) -> ObjectAttributes {
        var attributes = ObjectAttributes()
        for name in contentHeaders { attributes.headers[name] = headers[name] }
        for field in headers.fields where ByteText.hasPrefix(field.lowercasedName, metadataPrefix) {
            attributes.metadata[String(field.lowercasedName.dropFirst(metadataPrefix.count))] = field.value
        }
        return attributes
    }

    /// The headers that give an object these attributes.
    package static func headers(_ attributes: ObjectAttributes) -> HeaderList {
        var headers = HeaderList()
        for name in contentHeaders {
            if let value = attributes.headers[name] { headers.append(name, value) }
        }
        for (name, value) in attributes.metadata.sorted(by: { $0.key < $1.key }) {
            headers.append(metadataPrefix + name, value)
        }
        if !attributes.tags.isEmpty {
            let tags = attributes.tags.map { tag in
                [tag.key, tag.value].map { PercentEncoding.encode($0, keepingSlash: false) }.joined(separator: "=")
            }
            headers.append("x-amz-tagging", tags.joined(separator: "&"))
        }
        return headers
    }
}
