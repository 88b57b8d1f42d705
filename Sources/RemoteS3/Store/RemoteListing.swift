package import ObjectStorage
package import S3Protocol

/// Pages of a remote bucket's keys: the query that asks for one, and the document that is one; pure.
package enum RemoteListing {
    /// The query of ListObjects: its marker skips the whole of a common prefix, as ours does.
    package static func query(_ query: ListQuery, _ names: RemoteNames) -> String {
        var parameters = ["encoding-type=url", "max-keys=\(query.limit)"]
        func add(_ name: String, _ value: [UInt8]) {
            guard !value.isEmpty else { return }
            parameters.append("\(name)=\(PercentEncoding.encode(value, keepingSlash: false))")
        }
        add("prefix", names.there(query.prefix))
        add("delimiter", query.delimiter)
        if !query.after.isEmpty { add("marker", names.there(query.after)) }
        return parameters.joined(separator: "&")
    }

    /// The page in a document.
    ///
    /// - Throws: `S3Error` when it is none.
    package static func page(_ bytes: [UInt8], _ names: RemoteNames) throws(S3Error) -> ListPage {
        let root = try XMLNode.parse(bytes, limits: RemoteDocument.limits)
        guard ByteText.equal(root.name, "ListBucketResult") else {
            throw .badGateway("the remote answered a listing with a document called \(root.name)")
        }
        let isEncoded = ByteText.equal(root["EncodingType"]?.text ?? "", "url")
        var entries: [(place: [UInt8], entry: ListPage.Entry)] = []
        for node in root.all("Contents") {
            // The object that is called as the prefix is, or one whose name is too long here, is none of the bucket's.
            guard let summary = try? summary(node, isEncoded: isEncoded, names) else { continue }
            entries.append((summary.key.utf8, .object(summary)))
        }
        for node in root.all("CommonPrefixes") {
            let prefix = names.here(decoded(node["Prefix"]?.text ?? "", isEncoded))
            entries.append((prefix, .commonPrefix(prefix)))
        }
        entries.sort { $0.place.lexicographicallyPrecedes($1.place) }
        return ListPage(
            entries: entries.map(\.entry),
            isTruncated: ByteText.equal(root["IsTruncated"]?.text ?? "", "true")
        )
    }

    private static func summary(_ node: XMLNode, isEncoded: Bool, _ names: RemoteNames) throws(S3Error) -> ObjectSummary
    {
        ObjectSummary(
            key: try ObjectKey(utf8: names.here(decoded(node["Key"]?.text ?? "", isEncoded))),
            size: Int64(node["Size"]?.text ?? "") ?? 0,
            etag: ETag(node["ETag"]?.text ?? ""),
            modified: Timestamp(iso8601: node["LastModified"]?.text ?? "") ?? Timestamp(seconds: 0),
            checksumAlgorithm: node["ChecksumAlgorithm"].flatMap { ChecksumAlgorithm(name: $0.text) },
            checksumType: node["ChecksumType"].flatMap { ChecksumType(rawValue: $0.text) } ?? .fullObject,
            storageClass: node["StorageClass"]?.text ?? "STANDARD"
        )
    }

    private static func decoded(_ text: String, _ isEncoded: Bool) -> [UInt8] {
        guard isEncoded else { return Array(text.utf8) }
        return PercentEncoding.decode(text.utf8, plusIsBlank: true) ?? Array(text.utf8)
    }
}
