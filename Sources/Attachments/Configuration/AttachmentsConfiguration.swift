package import Imaging
package import S3Protocol

/// What an operator can set about attachments; the defaults are those of a fresh installation.
package struct AttachmentsConfiguration: Sendable {
    /// The buckets that take attachments; authorizations are for the first one unless another of them is named.
    package var buckets: [BucketName]
    /// What the keys of authorized uploads begin with, ending in a slash.
    package var uploadPrefix: String
    /// What the keys of styles begin with, ending in a slash; in `buckets` only Larder writes there.
    package var stylesPrefix: String
    /// The content types that may be uploaded.
    package var allowedTypes: ContentTypePatterns
    /// The content types that styles are made of.
    package var styledTypes: ContentTypePatterns
    /// The styles that each picture gets where no rule says otherwise.
    package var styles: [StyleSpec]
    /// The styles of pictures at certain places.
    package var styleRules: [StyleRule]
    /// Buckets that take no attachments, and whose pictures get styles on the fly.
    package var otherStyledBuckets: [BucketName]
    /// Whether answers tell when and where a photograph was taken, if its file says so.
    package var tellsPhotos: Bool
    /// The largest file that may be uploaded, in bytes; never beyond what one form can carry.
    package var maximumBytes: Int64
    /// The seconds for which a form can be used.
    package var authorizationLifetime: Int64
    /// The seconds after which an upload that nobody claimed is removed.
    package var unclaimedLifetime: Int64
    /// The seconds for which a link works at least, counted from any answer that holds it.
    package var linkLifetime: Int64
    /// The longest that `Prefer: wait=` may hold an answer back, in seconds.
    package var maximumWait: Int64
    /// When a job is tried again.
    package var retries: RetryPolicy
    /// How many jobs of one token may wait; claims beyond are refused for now.
    package var maximumQueued: Int

    /// The configuration of a fresh installation, for these buckets.
    package init(buckets: [BucketName]) {
        self.buckets = buckets
        uploadPrefix = "async_uploads/"
        stylesPrefix = "styles/"
        allowedTypes = .uploads
        styledTypes = ["image/*"]
        styles = StyleSpec.defaults
        styleRules = []
        otherStyledBuckets = []
        tellsPhotos = false
        maximumBytes = PostSizeRange.maximumUpload
        authorizationLifetime = 3_600
        unclaimedLifetime = 86_400
        linkLifetime = 86_400
        maximumWait = 30
        retries = RetryPolicy()
        maximumQueued = 100_000
    }

    /// The configuration of a fresh installation: one bucket, `uploads`.
    package static func standard() throws -> AttachmentsConfiguration {
        AttachmentsConfiguration(buckets: [try BucketName("uploads")])
    }
}

extension AttachmentsConfiguration {
    /// Checks what types cannot: prefixes, lifetimes, that a bucket is named and style names are not repeated.
    ///
    /// - Throws: `AttachmentsError` with `invalidConfiguration`, saying what to change.
    package func validate() throws {
        try Self.require(!buckets.isEmpty, "attachments.buckets must name at least one bucket.")
        try Self.require(
            Self.isPrefix(uploadPrefix),
            "attachments.upload_prefix must end in '/' and not begin with it."
        )
        try Self.require(
            Self.isPrefix(stylesPrefix),
            "attachments.styles_prefix must end in '/' and not begin with it."
        )
        let overlap = uploadPrefix.hasPrefix(stylesPrefix) || stylesPrefix.hasPrefix(uploadPrefix)
        try Self.require(
            !overlap,
            "attachments.upload_prefix and attachments.styles_prefix must not lie in each other."
        )
        try Self.require(
            (1...PostSizeRange.maximumUpload).contains(maximumBytes),
            "attachments.max_bytes is 1 to 5 GiB."
        )
        try Self.require(authorizationLifetime > 0, "attachments.authorization_lifetime must be positive.")
        try Self.require(unclaimedLifetime > 0, "attachments.unclaimed_lifetime must be positive.")
        try Self.require(
            (4...StableURLSigner.maximumLifetime).contains(linkLifetime),
            "attachments.link_lifetime is 4 to \(StableURLSigner.maximumLifetime) seconds."
        )
        try validateStyles()
    }

    static func require(_ condition: Bool, _ message: String) throws {
        guard condition else { throw AttachmentsError(.invalidConfiguration, message) }
    }

    // 36 bytes of UUID, a slash and a file name of 255 bytes have to fit behind it.
    private static func isPrefix(_ text: String) -> Bool {
        text.utf8.count <= 512 && text.hasSuffix("/") && !text.hasPrefix("/") && !text.contains("//")
    }
}
