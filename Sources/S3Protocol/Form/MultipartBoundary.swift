/// The text between the parts of a multipart/form-data body, as the Content-Type header gives it.
///
/// A boundary may begin or end with dashes, so it is compared whole and never trimmed of them.
package struct MultipartBoundary: Hashable, Sendable {
    /// How many bytes a boundary may have: RFC 2046 section 5.1.1 allows 70, some libraries make longer ones.
    package static let lengths = 1...256

    /// The boundary's bytes, without the two dashes of the delimiter.
    package let bytes: [UInt8]

    /// The boundary that a Content-Type header names.
    ///
    /// - Throws: `PreconditionFailed` (412) when the type is not multipart/form-data, `MalformedPOSTRequest` when the
    ///   boundary is missing, empty, too long or has control bytes.
    package init(contentType: String?) throws(S3Error) {
        let header = HeaderParameters(Array((contentType ?? "").utf8))
        guard ByteText.equal(header.value, "multipart/form-data") else { throw .postNotMultipart }
        guard let value = header["boundary"] else { throw .malformedPOSTRequest("the boundary is missing") }
        let boundary = Array(ByteText.trimmed(String(decoding: value, as: UTF8.self)).utf8)
        guard Self.lengths.contains(boundary.count), boundary.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
            throw .malformedPOSTRequest("the boundary is empty, too long or not of printable characters")
        }
        self.bytes = boundary
    }
}
