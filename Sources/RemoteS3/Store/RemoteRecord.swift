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
            version: version(headers),
            size: headers["Content-Length"].flatMap { Int64($0) } ?? 0,
            modified: modified,
            etag: ETag(headers["ETag"] ?? ""),
            checksums: checksum(headers).map { [$0] } ?? [],
            attributes: attributes(headers)
        )
    }

    /// The version's id; `null` where the remote tells none.
    static func version(_ headers: HeaderList) -> VersionID {
        headers["x-amz-version-id"].map { VersionID(ofRemote: $0) } ?? .null
    }

    /// The checksum of the whole content; nil when there is none, or one of parts.
    static func checksum(_ headers: HeaderList) -> Checksum? {
        guard headers["x-amz-checksum-type"] != ChecksumType.composite.rawValue else { return nil }
        return checksum { headers[$0.headerName] }
    }

    /// The first checksum of a whole content among what `value` gives.
    static func checksum(_ value: (ChecksumAlgorithm) -> String?) -> Checksum? {
        for algorithm in ChecksumAlgorithm.allCases {
            if let checksum = value(algorithm).flatMap({ Checksum(algorithm: algorithm, base64: $0) }) {
                return checksum
            }
        }
        return nil
    }

    private static func attributes(_ headers: HeaderList) -> ObjectAttributes {
        var attributes = ObjectAttributes()
        for name in contentHeaders { attributes.headers[name] = headers[name] }
        for field in headers.fields where ByteText.hasPrefix(field.lowercasedName, metadataPrefix) {
            let name = String(field.lowercasedName.dropFirst(metadataPrefix.count))
            attributes.metadata[name] = EncodedWord.decode(field.value)
        }
        return attributes
    }

    /// The headers that give an object these attributes.
    package static func headers(_ attributes: ObjectAttributes) -> HeaderList {
        var headers = HeaderList()
        for name in contentHeaders {
            if let value = attributes.headers[name] { headers.append(name, line(value)) }
        }
        for (name, value) in attributes.metadata.sorted(by: { $0.key < $1.key }) {
            headers.append(metadataPrefix + name, HeaderText.metadata(value))
        }
        if !attributes.tags.isEmpty {
            let tags = attributes.tags.map { tag in
                [tag.key, tag.value].map { PercentEncoding.encode($0, keepingSlash: false) }.joined(separator: "=")
            }
            headers.append("x-amz-tagging", tags.joined(separator: "&"))
        }
        return headers
    }

    /// A value with blanks for what would end a line; a form may bring that.
    private static func line(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return value }
        return String(decoding: value.utf8.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self)
    }
}
