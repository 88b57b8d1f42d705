extension CompleteMultipartUploadRequest {
    /// The stored parts that make the object, once everything that was listed and declared about them holds.
    ///
    /// What is declared about the object's checksum has to be held against the computed one afterwards, by
    /// `CompleteMultipartUploadClaims.check(computed:)`.
    ///
    /// - Throws: `InvalidPart` for a part that is not there or has another tag, as the checks of
    ///   `MultipartChecksumChoice`, `MultipartLimits` and `CompleteMultipartUploadClaims` otherwise.
    package func resolve(
        _ uploaded: [PartNumber: UploadedPart],
        choice: MultipartChecksumChoice,
        claims: CompleteMultipartUploadClaims
    ) throws(S3Error) -> [UploadedPart] {
        try claims.check(choice)
        let found = try parts.map { part throws(S3Error) in try resolve(part, uploaded[part.number], choice: choice) }
        try claims.check(size: try MultipartLimits.check(found))
        return found
    }

    private func resolve(
        _ listed: Part,
        _ uploaded: UploadedPart?,
        choice: MultipartChecksumChoice
    ) throws(S3Error) -> UploadedPart {
        guard let uploaded, ByteText.equal(uploaded.etag.text, listed.etag.text) else {
            throw .invalidPart(uploadID: uploadID.text, partNumber: listed.number.value, etag: listed.etag)
                .because(uploaded.map { "the part's entity tag is \($0.etag)" } ?? "the part was not uploaded")
        }
        try choice.check(listed: listed, uploaded: uploaded, uploadID: uploadID)
        return uploaded
    }
}
