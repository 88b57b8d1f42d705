/// How much of a document is read before it is refused.
package struct XMLLimits: Equatable, Sendable {
    /// The most bytes.
    package let bytes: Int
    /// How deep elements may nest.
    package let depth: Int
    /// The most elements.
    package let elements: Int
    /// The most attributes of one tag; S3's own documents have three.
    package let attributes: Int

    /// Limits of these sizes.
    package init(bytes: Int, depth: Int = 16, elements: Int = 100_000, attributes: Int = 16) {
        precondition(bytes <= Int32.max, "libxml2 counts in 32 bits")
        self.bytes = bytes
        self.depth = depth
        self.elements = elements
        self.attributes = attributes
    }

    /// What S3 reads for most operations: 1 MiB.
    package static let standard = XMLLimits(bytes: 1 << 20)
    /// What S3 reads for DeleteObjects and CompleteMultipartUpload: 2 MiB.
    package static let large = XMLLimits(bytes: 2 << 20)
}
