/// The default encryption of a bucket; `AES256`, the encryption by keys of the service itself, is the only one.
package struct BucketEncryption: Codable, Equatable, Sendable {
    /// Whether a bucket key was asked for, which is reported and means nothing without a key service.
    package var bucketKey: Bool?
    /// The kinds of encryption that uploads may not ask for, as given: `NONE` or `SSE-C`.
    package var blocked: [String]?

    /// An encryption of these parts.
    package init(bucketKey: Bool? = nil, blocked: [String]? = nil) {
        self.bucketKey = bucketKey
        self.blocked = blocked
    }

    /// The encryption in a `ServerSideEncryptionConfiguration` document, which has one rule.
    ///
    /// - Throws: `MalformedXML`, `InvalidArgument` for a key beside `AES256`, `NotImplemented` for keys of a key service.
    package init(document body: [UInt8]) throws(S3Error) {
        let root = try XMLNode.configuration(body, root: "ServerSideEncryptionConfiguration")
        guard let rule = try root.only("Rule") else { throw .malformedXML("no Rule") }
        try Self.checkDefault(rule)
        self.init(bucketKey: try rule.boolean("BucketKeyEnabled"), blocked: try Self.blocked(rule))
    }

    /// The `ServerSideEncryptionConfiguration` document.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "ServerSideEncryptionConfiguration") { xml in
            xml.element("Rule") { rule in
                rule.element("ApplyServerSideEncryptionByDefault") { element in
                    element.text("SSEAlgorithm", ServerSideEncryption.aes256.rawValue)
                }
                rule.text("BucketKeyEnabled", String(bucketKey ?? false))
                guard let blocked else { return }
                rule.element("BlockedEncryptionTypes") { list in
                    for type in blocked { list.text("EncryptionType", type) }
                }
            }
        }
    }

    /// A rule may be about blocked kinds alone; then the default stays.
    private static func checkDefault(_ rule: XMLNode) throws(S3Error) {
        guard let node = try rule.only("ApplyServerSideEncryptionByDefault") else {
            guard rule["BlockedEncryptionTypes"] == nil else { return }
            throw .malformedXML("a Rule without ApplyServerSideEncryptionByDefault")
        }
        let key = try node.only("KMSMasterKeyID")?.word ?? ""
        switch try node.only("SSEAlgorithm")?.word {
        case "AES256": guard key.isEmpty else { throw .keyBesideAES256 }
        case "aws:kms"?, "aws:kms:dsse"?: throw .notImplemented(because: "there is no key service; use AES256")
        case let other: throw .malformedXML("SSEAlgorithm is \(other ?? "missing")")
        }
    }

    private static func blocked(_ rule: XMLNode) throws(S3Error) -> [String]? {
        guard let node = try rule.only("BlockedEncryptionTypes") else { return nil }
        let types = node.all("EncryptionType").map(\.word)
        for type in types where !ByteText.equal(type, "NONE") && !ByteText.equal(type, "SSE-C") {
            throw .malformedXML("EncryptionType is \(type)")
        }
        return types
    }
}
