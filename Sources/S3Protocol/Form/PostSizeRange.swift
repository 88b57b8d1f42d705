/// How many bytes a form's file may have: what its policy and the service together allow.
package struct PostSizeRange: Equatable, Sendable {
    /// The largest object that one request may bring: 5 GiB.
    package static let maximumUpload: Int64 = 5_368_709_120

    /// The fewest bytes.
    package private(set) var minimum: Int64
    /// The most bytes; may be below the minimum, and then no file fits.
    package private(set) var maximum: Int64

    /// A range from `minimum` to `maximum`, both included.
    package init(minimum: Int64 = 0, maximum: Int64 = PostSizeRange.maximumUpload) {
        self.minimum = minimum
        self.maximum = maximum
    }

    /// The sizes that both ranges allow.
    package func intersection(_ other: PostSizeRange) -> PostSizeRange {
        PostSizeRange(minimum: max(minimum, other.minimum), maximum: min(maximum, other.maximum))
    }

    /// Checks the size of a whole file, or while streaming the bytes so far with `isWhole` false.
    ///
    /// - Throws: `EntityTooLarge` or `EntityTooSmall` with the size and the limit.
    package func check(_ size: Int64, isWhole: Bool = true) throws(S3Error) {
        guard size <= maximum else { throw .entityTooLarge(proposed: size, limit: maximum) }
        guard !isWhole || size >= minimum else { throw .entityTooSmall(proposed: size, limit: minimum) }
    }
}
