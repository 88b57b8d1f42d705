extension SigV2Request {
    /// The string to sign; `hostBucket` is the bucket when it came from the host and not from the path, and `slash` goes
    /// behind the path.
    package func stringToSign(hostBucket: String?, slash: String = "") -> [UInt8] {
        let lines = [
            head.method, value("Content-MD5"), value("Content-Type"), dateSlot,
        ]
        return Array((lines.map { $0 + "\n" }.joined() + amzHeaders + resource(hostBucket, slash)).utf8)
    }

    /// The parameters that are part of the signed resource; all others may be changed by anyone.
    static let subresources = Set([
        "accelerate", "acl", "analytics", "cors", "defaultObjectAcl", "delete", "inventory", "lifecycle", "location",
        "logging", "metrics", "notification", "object-lock", "partNumber", "policy", "replication", "requestPayment",
        "response-cache-control", "response-content-disposition", "response-content-encoding",
        "response-content-language", "response-content-type", "response-expires", "restore", "select", "select-type",
        "storageClass", "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning", "versions", "website",
    ])

    private func value(_ name: String) -> String {
        CanonicalRequest.value(head.headers[name] ?? "")
    }

    /// With `x-amz-date` the slot is empty, as that date is among the amz headers.
    private var dateSlot: String {
        switch form {
        case .query(let expires): expires
        case .header: head.headers["x-amz-date"] == nil ? value("Date") : ""
        }
    }

    /// The `x-amz-*` headers; in a presigned URL they may stand in the query as well, the session token does.
    private var amzHeaders: String {
        var values: [[UInt8]: [String]] = [:]
        let fromQuery =
            form == .header ? [] : head.target.parameters.map { HeaderList.Field($0.name, $0.value) }
        for field in head.headers.fields + fromQuery {
            let name = field.lowercasedName
            guard ByteText.hasPrefix(name, "x-amz-") else { continue }
            values[Array(name.utf8), default: []].append(CanonicalRequest.value(field.value))
        }
        return values.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { "\(String(decoding: $0.key, as: UTF8.self)):\($0.value.joined(separator: ","))\n" }
            .joined()
    }

    /// Whether the path is `/bucket`: some clients ask for that and sign `/bucket/` (botocore), and AWS takes both.
    func namesBucketAlone(_ hostBucket: String?) -> Bool {
        let path = head.target.rawPath.utf8
        return hostBucket == nil && path.count > 1 && !path.dropFirst().contains(UInt8(ascii: "/"))
    }

    private func resource(_ hostBucket: String?, _ slash: String) -> String {
        let signed = head.target.parameters.filter { Self.subresources.contains($0.name) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            .map { $0.rawValue == nil ? $0.name : "\($0.name)=\($0.value)" }
        let path = (hostBucket.map { "/" + $0 } ?? "") + head.target.rawPath + slash
        return signed.isEmpty ? path : path + "?" + signed.joined(separator: "&")
    }
}
