extension TagSet {
    /// The tags of a `Tagging` document.
    ///
    /// - Throws: `MalformedXML` when it is no such document, and as `init(_:of:)`.
    package init(document: [UInt8], of owner: Owner) throws(S3Error) {
        let root = try XMLNode.parse(document)
        guard ByteText.equal(root.name, "Tagging") else { throw .malformedXML("the root is not Tagging") }
        try self.init(tagging: root, of: owner)
    }

    /// The tags of the form field `tagging`: as a document, but another root stands for no tags, as on AWS.
    package init(formField text: String) throws(S3Error) {
        let root = try XMLNode.parse(Array(text.utf8))
        guard ByteText.equal(root.name, "Tagging") else {
            self = .empty
            return
        }
        try self.init(tagging: root, of: .object)
    }

    /// The tags of an `x-amz-tagging` header: a query string, where a name without `=` has an empty value.
    ///
    /// - Throws: `InvalidArgument` for a bad escape or a repeated key, and as `init(_:of:)`.
    package init(header text: String) throws(S3Error) {
        var tags: [Tag] = []
        var keys: Set<[UInt8]> = []
        for piece in text.utf8.split(separator: UInt8(ascii: "&")) {
            let halves = piece.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = Self.decode(halves[0]), let value = halves.count > 1 ? Self.decode(halves[1]) : "",
                keys.insert(Array(key.utf8)).inserted
            else { throw .invalidTaggingHeader(text) }
            tags.append(Tag(key, value))
        }
        do throws(S3Error) {
            try self.init(tags, of: .object)
        } catch  where error.code == "InvalidTag" {
            throw .invalidTaggingHeader(text).because(error.message)
        }
    }

    /// The `Tagging` document.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "Tagging") { xml in
            xml.element("TagSet") { set in
                for tag in tags {
                    set.element("Tag") { element in
                        element.text("Key", tag.key)
                        element.text("Value", tag.value)
                    }
                }
            }
        }
    }

    private init(tagging root: XMLNode, of owner: Owner) throws(S3Error) {
        var tags: [Tag] = []
        // Without a set there are no tags, as on AWS.
        for tag in root["TagSet"]?.all("Tag") ?? [] {
            guard let key = tag["Key"]?.text, let value = tag["Value"]?.text else {
                throw .malformedXML("a Tag without Key or Value")
            }
            tags.append(Tag(key, value))
        }
        try self.init(tags, of: owner)
    }

    private static func decode(_ bytes: Substring.UTF8View) -> String? {
        PercentEncoding.decode(bytes, plusIsBlank: true).flatMap { String(validating: $0, as: UTF8.self) }
    }
}
