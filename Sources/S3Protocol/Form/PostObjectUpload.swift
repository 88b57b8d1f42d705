/// What a permitted form upload stores and answers: every field read and checked, the tagging document excepted.
package struct PostObjectUpload: Sendable {
    /// The key, `${filename}` replaced.
    package let key: ObjectKey
    /// The media type, `binary/octet-stream` when the form has none; the file part's own type never counts.
    package let contentType: String
    /// `Cache-Control`, `Content-Disposition`, `Content-Encoding`, `Content-Language` and `Expires`, as far as given.
    package let systemHeaders: HeaderList
    /// The user metadata: names in lower case, without `x-amz-meta-`.
    package let userMetadata: HeaderList
    /// The canned ACL, or nil.
    package let cannedACL: String?
    /// The tagging document as sent, not yet read, or nil.
    package let tagging: String?
    /// The storage class, or nil for the bucket's standard.
    package let storageClass: String?
    /// The website redirect location, or nil.
    package let websiteRedirectLocation: String?
    /// The digests that the file must have.
    package let digests: ContentDigestDemand
    /// The sizes that the file may have.
    package let sizes: PostSizeRange
    /// How the success is answered.
    package let success: PostSuccessChoice

    init(_ permitted: PermittedPostObject) throws(S3Error) {
        let fields = PostFieldReader(form: permitted.request.form)
        key = try fields.key()
        storageClass = try fields.storageClass()
        tagging = permitted.request.form.nonEmpty("tagging")
        cannedACL = try fields.cannedACL()
        try fields.refuseEncryptionAndLocks(encryptionDeclared: permitted.request.rules.encryptionDeclared)
        digests = try fields.digests()
        websiteRedirectLocation = try fields.websiteRedirectLocation()
        contentType = try fields.header("content-type") ?? "binary/octet-stream"
        systemHeaders = try fields.systemHeaders()
        userMetadata = try fields.userMetadata()
        sizes = permitted.sizes
        success = PostSuccessChoice(permitted.request.form)
    }
}
