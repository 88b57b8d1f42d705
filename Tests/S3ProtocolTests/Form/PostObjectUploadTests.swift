import S3Protocol
import Testing

@Suite("What a form upload stores")
struct PostObjectUploadTests {
    private func upload(
        _ fields: [(String, String)],
        rules: PostObjectRules = PostObjectRules()
    ) throws
        -> PostObjectUpload
    {
        var form = SignedForm.version4([("key", "k")] + fields)
        form.rules = rules
        return try form.upload()
    }

    @Test("is read from the fields")
    func readsFields() throws {
        let upload = try upload([
            ("Content-Type", "image/png"), ("Cache-Control", "no-store"), ("Content-Disposition", "inline"),
            ("content-encoding", "gzip"), ("Content-Language", "de"), ("Expires", "never"),
            ("x-amz-meta-Name", "\u{E9}"), ("x-amz-meta-b", ""), ("acl", "public-read"),
            ("x-amz-storage-class", "STANDARD_IA"), ("x-amz-website-redirect-location", "/x"),
            ("tagging", "<Tagging/>"), ("success_action_status", "201"),
        ])
        #expect(upload.contentType == "image/png")
        #expect(
            upload.systemHeaders.fields.map { "\($0.name): \($0.value)" } == [
                "Cache-Control: no-store", "Content-Disposition: inline", "Content-Encoding: gzip",
                "Content-Language: de", "Expires: never",
            ]
        )
        #expect(upload.userMetadata.fields.map { "\($0.name): \($0.value)" } == ["name: \u{E9}", "b: "])
        #expect(upload.cannedACL == "public-read")
        #expect(upload.storageClass == "STANDARD_IA")
        #expect(upload.websiteRedirectLocation == "/x")
        #expect(upload.tagging == "<Tagging/>")
        #expect(upload.success.status == 201)
        #expect(upload.digests == ContentDigestDemand())
    }

    @Test("has a default type when the form has none")
    func defaultType() throws {
        #expect(try upload([("Content-Type", "")]).contentType == "binary/octet-stream")
    }

    @Test(
        "declares the checksums that the form gives",
        arguments: [
            ("crc32", "0wiusg==", ChecksumAlgorithm.crc32), ("crc32c", "M3m0yg==", .crc32c),
            ("crc64nvme", "rsrzr5yYqFU=", .crc64nvme), ("sha1", "9I3YU4IIYIFsddVND1hNyGMyenw=", .sha1),
            ("sha256", "kW8AJ6V1B0znKjMXd8NHjWUT94alkb2JLaGld78jNfk=", .sha256),
        ]
    )
    func checksum(_ name: String, _ value: String, _ algorithm: ChecksumAlgorithm) throws {
        let fields = [("x-amz-checksum-algorithm", name.uppercased()), ("x-amz-checksum-\(name)", value)]
        #expect(try upload(fields).digests.checksum?.base64 == value)
        #expect(try upload(Array(fields.dropFirst())).digests.checksumAlgorithm == algorithm)
        #expect(try upload(Array(fields.dropLast())).digests.checksumAlgorithm == algorithm)
    }

    @Test("declares the form's Content-MD5")
    func contentMD5() throws {
        let digest = try #require(Hex.decode("e80b5017098950fc58aad83c8c14978e"))
        #expect(try upload([("Content-MD5", Base64.encode(digest))]).digests.contentMD5 == digest)
    }

    @Test(
        "is refused for a field that means nothing",
        arguments: [
            ("acl", "none", "InvalidArgument", 400), ("acl", "", "InvalidArgument", 400),
            ("x-amz-storage-class", "GOLD", "InvalidStorageClass", 400),
            ("x-amz-website-redirect-location", "ftp://x", "InvalidRedirectLocation", 400),
            ("Content-MD5", "x", "InvalidDigest", 400),
            ("x-amz-checksum-crc32", "x", "InvalidRequest", 400),
            ("x-amz-checksum-crc7", "AAAA", "InvalidRequest", 400),
            ("x-amz-checksum-algorithm", "CRC7", "InvalidRequest", 400),
            ("Cache-Control", "a\r\nb", "InvalidArgument", 400), ("Content-Type", "a\0", "InvalidArgument", 400),
            ("x-amz-meta-", "a", "InvalidArgument", 400), ("x-amz-meta-a:b", "a", "InvalidArgument", 400),
            ("x-amz-meta-big", String(repeating: "a", count: 2046), "MetadataTooLarge", 400),
            ("x-amz-server-side-encryption", "AES256", "NotImplemented", 501),
            ("x-amz-server-side-encryption", "aws:kms", "NotImplemented", 501),
            ("x-amz-server-side-encryption-customer-algorithm", "AES256", "NotImplemented", 501),
            ("x-amz-server-side-encryption-aws-kms-key-id", "x", "NotImplemented", 501),
            ("x-amz-object-lock-mode", "GOVERNANCE", "NotImplemented", 501),
            ("x-amz-object-lock-legal-hold", "ON", "NotImplemented", 501),
        ]
    )
    func refuses(_ name: String, _ value: String, _ code: String, _ status: Int) {
        let error = #expect(throws: S3Error.self) { try upload([(name, value)]) }
        #expect(error?.code.rawValue == code)
        #expect(error?.status == status)
    }

    @Test("has room for 2 KiB of metadata")
    func metadataLimit() throws {
        #expect(try upload([("x-amz-meta-big", String(repeating: "a", count: 2045))]).userMetadata.fields.count == 1)
    }

    @Test("takes one checksum only")
    func severalChecksums() {
        let error = #expect(throws: S3Error.self) {
            try upload([("x-amz-checksum-crc32", "0wiusg=="), ("x-amz-checksum-crc32c", "M3m0yg==")])
        }
        #expect(
            error?.message
                == "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
        )
    }

    @Test("may ask for AES256 where storage is declared to be encrypted, and for nothing more")
    func declaredEncryption() throws {
        let rules = PostObjectRules(encryptionDeclared: true)
        _ = try upload([("x-amz-server-side-encryption", "AES256")], rules: rules)
        _ = try upload([("x-amz-server-side-encryption", "")])
        #expect(throws: S3Error.self) { try upload([("x-amz-server-side-encryption", "aws:kms")], rules: rules) }
    }

    @Test("has a key of at most 1024 bytes")
    func keyLength() throws {
        let key = String(repeating: "k", count: 1024)
        #expect(try SignedForm.version4([("key", key)]).upload().key.string == key)
        #expect(throws: S3Error.keyTooLong(size: 1025)) { try SignedForm.version4([("key", key + "k")]).upload() }
    }
}
