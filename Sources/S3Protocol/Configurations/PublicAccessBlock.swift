/// What of public access a bucket shuts off, whatever its lists and policy say.
package struct PublicAccessBlock: Codable, Equatable, Sendable {
    /// New public lists are refused.
    package var blockPublicAcls: Bool
    /// Public grants of lists do not count.
    package var ignorePublicAcls: Bool
    /// A public policy is refused.
    package var blockPublicPolicy: Bool
    /// A public policy counts for users of the bucket's owner only.
    package var restrictPublicBuckets: Bool

    /// A block of these parts.
    package init(
        blockPublicAcls: Bool = false,
        ignorePublicAcls: Bool = false,
        blockPublicPolicy: Bool = false,
        restrictPublicBuckets: Bool = false
    ) {
        self.blockPublicAcls = blockPublicAcls
        self.ignorePublicAcls = ignorePublicAcls
        self.blockPublicPolicy = blockPublicPolicy
        self.restrictPublicBuckets = restrictPublicBuckets
    }

    /// The block in a `PublicAccessBlockConfiguration` document; what it does not name is off.
    ///
    /// - Throws: `MalformedXML`, `InvalidRequest` when it names nothing.
    package init(document body: [UInt8]) throws(S3Error) {
        let root = try XMLNode.configuration(body, root: "PublicAccessBlockConfiguration")
        let values = (
            try root.boolean("BlockPublicAcls"), try root.boolean("IgnorePublicAcls"),
            try root.boolean("BlockPublicPolicy"), try root.boolean("RestrictPublicBuckets")
        )
        guard values.0 != nil || values.1 != nil || values.2 != nil || values.3 != nil else {
            throw .emptyPublicAccessBlock
        }
        self.init(
            blockPublicAcls: values.0 ?? false,
            ignorePublicAcls: values.1 ?? false,
            blockPublicPolicy: values.2 ?? false,
            restrictPublicBuckets: values.3 ?? false
        )
    }

    /// The `PublicAccessBlockConfiguration` document.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "PublicAccessBlockConfiguration") { xml in
            xml.text("BlockPublicAcls", String(blockPublicAcls))
            xml.text("IgnorePublicAcls", String(ignorePublicAcls))
            xml.text("BlockPublicPolicy", String(blockPublicPolicy))
            xml.text("RestrictPublicBuckets", String(restrictPublicBuckets))
        }
    }
}

/// In settings; what is missing is off.
extension PublicAccessBlock {
    private enum CodingKeys: String, CodingKey {
        case blockPublicAcls, ignorePublicAcls, blockPublicPolicy, restrictPublicBuckets
    }

    /// Reads what the encoder wrote.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let isOn = { key in try container.decodeIfPresent(Bool.self, forKey: key) ?? false }
        self.init(
            blockPublicAcls: try isOn(.blockPublicAcls),
            ignorePublicAcls: try isOn(.ignorePublicAcls),
            blockPublicPolicy: try isOn(.blockPublicPolicy),
            restrictPublicBuckets: try isOn(.restrictPublicBuckets)
        )
    }
}
