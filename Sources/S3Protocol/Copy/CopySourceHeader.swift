/// The headers that name a source; those of the conditions begin with the same text.
package enum CopySourceHeader: String, Sendable {
    /// Of CopyObject and UploadPartCopy.
    case copy = "x-amz-copy-source"
    /// Of RenameObject.
    case rename = "x-amz-rename-source"
}
