/// Tags of an object or a bucket as S3 reads them: in order, checked.
package struct TagSet: Equatable, Sendable {
    /// One tag.
    package struct Tag: Equatable, Sendable {
        /// The key, 1 to 128 characters.
        package let key: String
        /// The value, 0 to 256 characters.
        package let value: String

        /// A tag of this key and value, not yet checked.
        package init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }

        /// Bytes decide, not canonical equivalence.
        package static func == (left: Tag, right: Tag) -> Bool {
            ByteText.equal(left.key, right.key) && ByteText.equal(left.value, right.value)
        }
    }

    /// Whose tags they are; decides how many there may be.
    package enum Owner: Sendable {
        /// At most 10 tags.
        case object
        /// At most 50 tags.
        case bucket
    }

    /// The tags in the order given.
    package let tags: [Tag]

    /// No tags.
    package static let empty = TagSet(unchecked: [])

    /// Checked tags.
    ///
    /// - Throws: `InvalidTag` when a key, a value or a repetition is not allowed, `BadRequest` when there are too many.
    package init(_ tags: [Tag], of owner: Owner) throws(S3Error) {
        try Self.checkCount(tags.count, of: owner)
        var keys: Set<[UInt8]> = []
        for tag in tags {
            try Self.check(tag, of: owner)
            guard keys.insert(Array(tag.key.utf8)).inserted else { throw .repeatedTagKey(tag.key) }
        }
        self.tags = tags
    }

    private init(unchecked tags: [Tag]) {
        self.tags = tags
    }

    private static func checkCount(_ count: Int, of owner: Owner) throws(S3Error) {
        switch owner {
        case .object where count > 10: throw .tooManyObjectTags(limit: 10)
        case .bucket where count > 50: throw .tooManyBucketTags(limit: 50)
        default: return
        }
    }

    private static func check(_ tag: Tag, of owner: Owner) throws(S3Error) {
        guard !ByteText.hasPrefix(ByteText.lowercasedASCII(tag.key), "aws:") else {
            throw owner == .object ? .reservedTagKey(tag.key) : .systemTagKey(tag.key)
        }
        guard (1...128).contains(length(tag.key)), isAllowed(tag.key) else { throw .invalidTagKey(tag.key) }
        guard length(tag.value) <= 256, isAllowed(tag.value) else {
            throw .invalidTagValue(tag.value, key: tag.key)
        }
    }

    /// Java's count, which is S3's: UTF-16 units.
    private static func length(_ text: String) -> Int {
        text.utf16.count
    }

    private static func isAllowed(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "+", "-", "=", ".", "_", ":", "/", "@": true
            default: isLetterNumberOrBlank(scalar)
            }
        }
    }

    private static func isLetterNumberOrBlank(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber, .spaceSeparator:
            true
        default: false
        }
    }
}
