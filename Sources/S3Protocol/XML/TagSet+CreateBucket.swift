extension TagSet {
    /// The tags in the body of CreateBucket; none without a body or `Tags`.
    ///
    /// - Throws: `MalformedXML`, and as `init(_:of:)`.
    package init(createBucket body: [UInt8]) throws(S3Error) {
        guard !body.isEmpty, let list = try XMLNode.parse(body)["Tags"] else {
            self = .empty
            return
        }
        var tags: [Tag] = []
        for node in list.all("Tag") {
            guard let key = node["Key"]?.text, let value = node["Value"]?.text else {
                throw .malformedXML("a Tag without Key or Value")
            }
            guard !ByteText.hasPrefix(ByteText.lowercasedASCII(key), "aws:") else { throw .systemTagKeyOfNewBucket }
            tags.append(Tag(key, value))
        }
        try self.init(tags, of: .bucket)
    }
}
