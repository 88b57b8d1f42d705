/// The region of a bucket as CreateBucket takes it and GetBucketLocation gives it.
package enum BucketLocation {
    /// The region that S3 writes as an empty element.
    package static let classic = "us-east-1"

    /// The `LocationConstraint` document; empty for `us-east-1`.
    package static func document(region: String) throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "LocationConstraint") { xml in
            xml.text(ByteText.equal(region, classic) ? "" : region)
        }
    }

    /// The `CreateBucketConfiguration` document that asks for a bucket in this region.
    package static func constraintDocument(region: String) throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "CreateBucketConfiguration") { $0.text("LocationConstraint", region) }
    }

    /// The location constraint in the body of CreateBucket, or nil when body or element are absent or empty.
    ///
    /// - Throws: `MalformedXML` when the body is not a `CreateBucketConfiguration`.
    package static func constraint(inCreateBucket body: [UInt8]) throws(S3Error) -> String? {
        guard !body.isEmpty else { return nil }
        let root = try XMLNode.parse(body)
        guard ByteText.equal(root.name, "CreateBucketConfiguration") else {
            throw .malformedXML("the root is \(root.name), not CreateBucketConfiguration")
        }
        let text = ByteText.trimmed(root["LocationConstraint"]?.text ?? "")
        return text.isEmpty ? nil : text
    }

    /// Checks a constraint against the server's region; nothing, the region itself and `us-east-1` are taken.
    ///
    /// - Throws: `IllegalLocationConstraintException` for any other, and `InvalidLocationConstraint` where the region is
    ///   `us-east-1`, whose endpoint makes buckets everywhere.
    package static func check(_ constraint: String?, region: String) throws(S3Error) {
        guard let constraint else { return }
        guard ByteText.equal(constraint, region) || ByteText.equal(constraint, classic) else {
            throw ByteText.equal(region, classic)
                ? .invalidLocationConstraint(constraint) : .illegalLocationConstraint(constraint)
        }
    }
}
