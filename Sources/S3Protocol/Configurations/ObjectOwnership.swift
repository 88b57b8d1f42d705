/// Who owns the objects of a bucket, and with it whether lists count (AWS, "Controlling ownership of objects").
package enum ObjectOwnership: String, CaseIterable, Codable, Sendable {
    /// The bucket's owner owns all, and there are no lists.
    case bucketOwnerEnforced = "BucketOwnerEnforced"
    /// The bucket's owner owns what is uploaded with `bucket-owner-full-control`.
    case bucketOwnerPreferred = "BucketOwnerPreferred"
    /// Whoever uploads an object owns it.
    case objectWriter = "ObjectWriter"

    /// The header of CreateBucket.
    package static let header = "x-amz-object-ownership"

    /// The ownership in the header of CreateBucket.
    ///
    /// - Throws: `InvalidArgument` for any other text.
    package init(header text: String) throws(S3Error) {
        guard let ownership = Self(rawValue: text) else { throw .invalidObjectOwnership(text) }
        self = ownership
    }

    /// The ownership in an `OwnershipControls` document, which has one rule.
    ///
    /// - Throws: `MalformedXML`.
    package init(document body: [UInt8]) throws(S3Error) {
        let root = try XMLNode.configuration(body, root: "OwnershipControls")
        guard let rule = try root.only("Rule"), let ownership = try rule.choice("ObjectOwnership", Self.self) else {
            throw .malformedXML("OwnershipControls without a Rule with ObjectOwnership")
        }
        self = ownership
    }

    /// The `OwnershipControls` document.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "OwnershipControls") { xml in
            xml.element("Rule") { $0.text("ObjectOwnership", rawValue) }
        }
    }
}
