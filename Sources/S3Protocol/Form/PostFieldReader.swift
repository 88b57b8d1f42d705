/// Reads the fields of a form that mean the same as headers of PutObject, each with S3's refusal.
struct PostFieldReader {
    let form: PostForm

    static let maximumMetadataLength = 2048

    private static let cannedACLs: Set<String> = [
        "private", "public-read", "public-read-write", "aws-exec-read", "authenticated-read", "bucket-owner-read",
        "bucket-owner-full-control",
    ]
    private static let storageClasses: Set<String> = [
        "STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER",
        "DEEP_ARCHIVE", "GLACIER_IR",
    ]
    private static let systemHeaderNames = [
        "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Expires",
    ]

    func key() throws(S3Error) -> ObjectKey {
        try ObjectKey(utf8: form.bytes("key") ?? [])
    }

    func storageClass() throws(S3Error) -> String? {
        guard let requested = form.nonEmpty("x-amz-storage-class") else { return nil }
        guard Self.storageClasses.contains(requested) else { throw .invalidStorageClass(requested) }
        return requested
    }

    func cannedACL() throws(S3Error) -> String? {
        guard let acl = form["acl"] else { return nil }
        guard Self.cannedACLs.contains(acl) else { throw .invalidArgument("", name: "acl", value: acl) }
        return acl
    }

    /// What is not done here is refused: a form that asks for encryption must not be stored without it.
    func refuseEncryptionAndLocks(encryptionDeclared: Bool) throws(S3Error) {
        for field in form.fields where !field.value.isEmpty {
            guard
                ByteText.hasPrefix(field.name, "x-amz-server-side-encryption")
                    || ByteText.hasPrefix(field.name, "x-amz-object-lock-")
            else { continue }
            let isDeclared =
                encryptionDeclared && ByteText.equal(field.name, "x-amz-server-side-encryption")
                && ByteText.equal(field.text, "AES256")
            guard isDeclared else { throw .notImplemented(header: field.name) }
        }
    }

    /// The form's Content-MD5 and checksum; a bare `x-amz-checksum-algorithm` names the one to compute.
    func digests() throws(S3Error) -> ContentDigestDemand {
        var headers = HeaderList()
        for field in form.fields where !field.value.isEmpty { headers.append(field.name, field.text) }
        guard let name = headers["x-amz-checksum-algorithm"] else { return try ContentDigestDemand(headers: headers) }
        guard let algorithm = ChecksumAlgorithm(name: name) else { throw .unknownChecksumHeader() }
        return try ContentDigestDemand(headers: headers, announcedAlgorithm: algorithm)
    }

    func websiteRedirectLocation() throws(S3Error) -> String? {
        guard let location = try header("x-amz-website-redirect-location") else { return nil }
        guard ["/", "http://", "https://"].contains(where: { ByteText.hasPrefix(location, $0) }) else {
            throw .invalidRedirectLocation
        }
        return location
    }

    func systemHeaders() throws(S3Error) -> HeaderList {
        var headers = HeaderList()
        for name in Self.systemHeaderNames {
            if let value = try header(ByteText.lowercasedASCII(name)) { headers.append(name, value) }
        }
        return headers
    }

    /// The text of a field that is answered as a header one day, so it must not hold control bytes; nil when empty.
    func header(_ name: String) throws(S3Error) -> String? {
        guard let text = form.nonEmpty(name) else { return nil }
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw .invalidArgument("A header value must not contain control characters.", name: name, value: text)
        }
        return text
    }

    func userMetadata() throws(S3Error) -> HeaderList {
        var metadata = HeaderList()
        var length = 0
        for field in form.fields where ByteText.hasPrefix(field.name, PostForm.metadataPrefix) {
            let name = String(decoding: field.name.utf8.dropFirst(PostForm.metadataPrefix.utf8.count), as: UTF8.self)
            guard HeaderText.isToken(name) else {
                throw .invalidArgument("The name of a metadata field is invalid.", name: field.name, value: field.text)
            }
            length += name.utf8.count + field.text.utf8.count
            metadata.append(name, field.text)
        }
        guard length <= Self.maximumMetadataLength else {
            throw .metadataTooLarge(size: length)
        }
        return metadata
    }
}
