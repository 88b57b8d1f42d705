/// What a client asks an upload authorization for, as its query says it; nothing is checked yet.
package struct UploadRequest: Equatable, Sendable {
    /// The content type of the file to come.
    package var contentType: String?
    /// The only file name that the form shall allow.
    package var filename: String?
    /// The only size that the form shall allow, in decimal digits.
    package var byteSize: String?
    /// The bucket, when it shall not be the first of those that take attachments.
    package var bucket: String?

    /// A request of these parameters.
    package init(
        contentType: String?,
        filename: String? = nil,
        byteSize: String? = nil,
        bucket: String? = nil
    ) {
        self.contentType = contentType
        self.filename = filename
        self.byteSize = byteSize
        self.bucket = bucket
    }
}
