package import S3Protocol

/// Documents that name buckets and keys, with the names of the other side: pure.
package struct RemoteDocument: Sendable {
    /// The most bytes of a document that is rewritten: a page of a thousand long keys has less.
    package static let limits = XMLLimits(bytes: 16 << 20, elements: 200_000)

    private static let ofBuckets = Set(["Bucket", "BucketName"])
    private static let ofKeys = Set([
        "Key", "Prefix", "Marker", "NextMarker", "StartAfter", "KeyMarker", "NextKeyMarker",
    ])

    private let names: RemoteNames
    /// The URL of a key here, for `Location`.
    private let location: @Sendable ([UInt8]) -> String

    /// Documents about a bucket with these names.
    package init(_ names: RemoteNames, location: @escaping @Sendable ([UInt8]) -> String) {
        self.names = names
        self.location = location
    }

    /// An answer with the names that are used here.
    ///
    /// - Throws: `S3Error` when it is no document, or one beyond the limits.
    package func here(_ bytes: [UInt8]) throws(S3Error) -> [UInt8] {
        let root = try XMLNode.parse(bytes, limits: Self.limits)
        let isEncoded = ByteText.equal(root["EncodingType"]?.text ?? "", "url")
        let key = root["Key"].map { names.here(Array($0.text.utf8)) }
        return try XMLDocument.bytes(root: root.name) { xml in
            for child in root.children { write(child, to: xml, isEncoded: isEncoded, key: key, isOfRoot: true) }
        }
    }

    private func write(_ node: XMLNode, to xml: XMLDocument, isEncoded: Bool, key: [UInt8]?, isOfRoot: Bool) {
        if node.children.isEmpty {
            return xml.text(node.name, text(of: node, isEncoded: isEncoded, key: key, isOfRoot: isOfRoot))
        }
        xml.element(node.name) { xml in
            for child in node.children { write(child, to: xml, isEncoded: isEncoded, key: key, isOfRoot: false) }
        }
    }

    private func text(of node: XMLNode, isEncoded: Bool, key: [UInt8]?, isOfRoot: Bool) -> String {
        if Self.ofBuckets.contains(node.name) || isOfRoot && node.name == "Name" { return names.local.string }
        if isOfRoot, node.name == "Location", let key { return location(key) }
        guard Self.ofKeys.contains(node.name), !node.text.isEmpty else { return node.text }
        return isEncoded ? encodedKey(node.text) : String(decoding: names.here(Array(node.text.utf8)), as: UTF8.self)
    }

    private func encodedKey(_ text: String) -> String {
        guard !names.prefix.isEmpty, let decoded = PercentEncoding.decode(text.utf8, plusIsBlank: true) else {
            return text
        }
        return JavaURLEncoding.encode(names.here(decoded))
    }
}

extension RemoteRefusal {
    /// The elements of the refusal with the names that are used here, and without what is nobody's business.
    package func details(_ names: RemoteNames, resource: String) -> [S3Error.Field] {
        details.compactMap { field in
            switch field.name {
            case "BucketName": S3Error.Field(field.name, names.local.string)
            case "Key": S3Error.Field(field.name, String(decoding: names.here(Array(field.value.utf8)), as: UTF8.self))
            case "Resource": S3Error.Field(field.name, resource)
            // The remote's own addresses and its customer's names.
            case "AWSAccessKeyId", "Endpoint", "HostId", "RequestId": nil
            default: field
            }
        }
    }

    /// Whether the remote refuses who asks on our side of it, which no client of ours can mend.
    package var isAboutCredentials: Bool {
        Self.ofCredentials.contains(code)
    }

    private static let ofCredentials = Set([
        "SignatureDoesNotMatch", "InvalidAccessKeyId", "InvalidToken", "ExpiredToken", "InvalidSecurity",
        "AuthorizationHeaderMalformed", "RequestTimeTooSkewed", "NotSignedUp", "PermanentRedirect",
        "TemporaryRedirect",
    ])
}
