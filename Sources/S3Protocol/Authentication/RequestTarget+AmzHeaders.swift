extension RequestTarget {
    /// The `x-amz-*` parameters that act as if they were headers (`x-amz-acl`, `x-amz-meta-…`, `x-amz-tagging`),
    /// names in lower case.
    ///
    /// Left out are those of the signature itself, and the checksum ones: SDKs write the checksum of an empty body into
    /// upload URLs, so S3 lets it be signed and ignores it.
    package var amzHeaders: HeaderList {
        guard !parameters.isEmpty else { return HeaderList() }
        return HeaderList(
            parameters.compactMap { parameter -> (String, String)? in
                let name = ByteText.lowercasedASCII(parameter.name)
                guard ByteText.hasPrefix(name, "x-amz-"), !Self.isOfSignature(name) else { return nil }
                guard !ByteText.hasPrefix(name, "x-amz-checksum-"),
                    !ByteText.equal(name, "x-amz-sdk-checksum-algorithm")
                else { return nil }
                return (name, parameter.value)
            }
        )
    }

    private static let namesOfSignature = [
        "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-signedheaders",
        "x-amz-signature", "x-amz-security-token", "x-amz-content-sha256",
    ]

    private static func isOfSignature(_ name: String) -> Bool {
        namesOfSignature.contains { ByteText.equal($0, name) }
    }
}
