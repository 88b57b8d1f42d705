extension ContentDigestDemand {
    // `x-amz-checksum-…` headers that say something about checksums and carry none.
    private static let otherSuffixes = ["algorithm", "mode", "type"]

    /// What the headers of a request or the fields of a form declare.
    ///
    /// `headers` are those that were sent as headers: an `x-amz-checksum-…` in a query is signed, but is that of an
    /// empty body in the URLs that SDKs presign, so it must not be among them. Throws InvalidDigest for a malformed
    /// Content-MD5, InvalidRequest for a checksum that is malformed, of an unknown algorithm, or one of several.
    package init(
        headers: HeaderList,
        payloadSHA256: [UInt8]? = nil,
        announcedAlgorithm: ChecksumAlgorithm? = nil
    ) throws(S3Error) {
        self.init(
            contentMD5: try Self.contentMD5(in: headers),
            checksum: try Self.checksum(in: headers),
            payloadSHA256: payloadSHA256,
            announcedAlgorithm: announcedAlgorithm
        )
    }

    /// The bytes of a `Content-MD5` value: padded base64 of 16 bytes; throws InvalidDigest for anything else.
    package static func contentMD5(_ value: some StringProtocol) throws(S3Error) -> [UInt8] {
        guard let digest = Checksum.decode(ByteText.trimmed(value), length: 16) else {
            throw .invalidDigest(contentMD5: String(value))
        }
        return digest
    }

    private static func contentMD5(in headers: HeaderList) throws(S3Error) -> [UInt8]? {
        let values = headers.values("content-md5")
        guard !values.isEmpty else { return nil }
        // Repeated fields are one list (RFC 9110 section 5.3), and a list is no digest.
        return try contentMD5(values.joined(separator: ","))
    }

    private static func checksum(in headers: HeaderList) throws(S3Error) -> Checksum? {
        let fields = headers.fields.filter { carriesChecksum($0.name) }
        guard let field = fields.first else { return nil }
        guard fields.count == 1 else { throw .severalChecksums() }
        guard let algorithm = ChecksumAlgorithm(headerName: field.name) else { throw .unknownChecksumHeader() }
        return try Checksum(algorithm: algorithm, headerValue: ByteText.trimmed(field.value))
    }

    private static func carriesChecksum(_ name: String) -> Bool {
        guard let suffix = ChecksumAlgorithm.suffix(ofHeaderName: name) else { return false }
        return !otherSuffixes.contains { ByteText.equal($0, suffix) }
    }
}
