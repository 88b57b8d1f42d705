/// Whether a bucket's policy makes it public.
package struct PolicyStatus: Equatable, Sendable {
    /// Whether it does.
    package let isPublic: Bool

    /// A status of this value.
    package init(isPublic: Bool) {
        self.isPublic = isPublic
    }

    /// The `PolicyStatus` document.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "PolicyStatus") { $0.text("IsPublic", String(isPublic)) }
    }
}
