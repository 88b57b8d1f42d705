import Testing

@testable import S3Protocol

@Suite struct BucketSettingsTests {
    static func block(_ content: String) throws -> PublicAccessBlock {
        let root = "PublicAccessBlockConfiguration"
        return try PublicAccessBlock(document: Array("<\(root)>\(content)</\(root)>".utf8))
    }

    static func encryption(_ rules: String) throws -> BucketEncryption {
        let root = "ServerSideEncryptionConfiguration"
        return try BucketEncryption(document: Array("<\(root)>\(rules)</\(root)>".utf8))
    }

    static func rule(_ algorithm: String, _ rest: String = "") -> String {
        """
        <Rule><ApplyServerSideEncryptionByDefault>\(algorithm)</ApplyServerSideEncryptionByDefault>\(rest)</Rule>
        """
    }

    @Test func `a public access block is read, kept and written again`() throws {
        let block = try Self.block(
            "<BlockPublicAcls>TRUE</BlockPublicAcls><BlockPublicPolicy>false</BlockPublicPolicy>"
        )
        #expect(block == PublicAccessBlock(blockPublicAcls: true))
        #expect(
            ConfigurationText.text(try block.document())
                == ConfigurationText.answer(
                    "PublicAccessBlockConfiguration",
                    """
                    <BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>false</IgnorePublicAcls>\
                    <BlockPublicPolicy>false</BlockPublicPolicy><RestrictPublicBuckets>false</RestrictPublicBuckets>
                    """
                )
        )
        #expect(try ConfigurationText.kept(block) == block)
        #expect(try ConfigurationText.decode(PublicAccessBlock.self, "{}") == PublicAccessBlock())
    }

    @Test func `a block of nothing, or of no truth value, is refused`() {
        #expect(throws: S3Error.emptyPublicAccessBlock) { try Self.block("") }
        let error = #expect(throws: S3Error.self) { try Self.block("<BlockPublicAcls>yes</BlockPublicAcls>") }
        #expect(error?.code == "MalformedXML")
    }

    @Test(arguments: ObjectOwnership.allCases)
    func `an ownership is read and written again`(ownership: ObjectOwnership) throws {
        let content = "<Rule><ObjectOwnership>\(ownership.rawValue)</ObjectOwnership></Rule>"
        #expect(
            try ObjectOwnership(document: Array("<OwnershipControls>\(content)</OwnershipControls>".utf8)) == ownership
        )
        #expect(
            ConfigurationText.text(try ownership.document()) == ConfigurationText.answer("OwnershipControls", content)
        )
        #expect(try ObjectOwnership(header: ownership.rawValue) == ownership)
    }

    @Test(arguments: [
        "", "<Rule/>", "<Rule><ObjectOwnership>Random</ObjectOwnership></Rule>",
        """
        <Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>\
        <Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>
        """,
    ])
    func `other ownership controls are malformed`(content: String) {
        let error = #expect(throws: S3Error.self) {
            try ObjectOwnership(document: Array("<OwnershipControls>\(content)</OwnershipControls>".utf8))
        }
        #expect(error?.code == "MalformedXML")
    }

    @Test(arguments: ["RandomValue", ""])
    func `an unknown ownership in a header is refused`(value: String) {
        let error = #expect(throws: S3Error.self) { try ObjectOwnership(header: value) }
        #expect(error?.message == "Invalid x-amz-object-ownership header: \(value)")
        #expect(error?.details == [.init("ArgumentName", "x-amz-object-ownership")])
    }

    @Test func `a default encryption is read, kept and written again`() throws {
        let blocked = "<BlockedEncryptionTypes><EncryptionType>SSE-C</EncryptionType></BlockedEncryptionTypes>"
        let content = Self.rule(
            "<SSEAlgorithm>AES256</SSEAlgorithm>",
            "<BucketKeyEnabled>true</BucketKeyEnabled>" + blocked
        )
        let encryption = try Self.encryption(content)
        #expect(encryption == BucketEncryption(bucketKey: true, blocked: ["SSE-C"]))
        #expect(
            ConfigurationText.text(try encryption.document())
                == ConfigurationText.answer("ServerSideEncryptionConfiguration", content)
        )
        #expect(try ConfigurationText.kept(encryption) == encryption)
        #expect(try Self.encryption("<Rule>\(blocked)</Rule>").blocked == ["SSE-C"])
        #expect(
            ConfigurationText.text(try BucketEncryption().document())
                == ConfigurationText.answer(
                    "ServerSideEncryptionConfiguration",
                    Self.rule(
                        "<SSEAlgorithm>AES256</SSEAlgorithm>",
                        "<BucketKeyEnabled>false</BucketKeyEnabled>"
                    )
                )
        )
    }

    @Test(arguments: [
        ("", "MalformedXML"),
        (rule("<SSEAlgorithm>AES256</SSEAlgorithm>") + rule("<SSEAlgorithm>AES256</SSEAlgorithm>"), "MalformedXML"),
        ("<Rule/>", "MalformedXML"),
        (rule(""), "MalformedXML"),
        (rule("<SSEAlgorithm>aes256</SSEAlgorithm>"), "MalformedXML"),
        (
            rule(
                "<SSEAlgorithm>AES256</SSEAlgorithm>",
                "<BlockedEncryptionTypes><EncryptionType>X</EncryptionType></BlockedEncryptionTypes>"
            ), "MalformedXML"
        ),
        (
            rule("<SSEAlgorithm>AES256</SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID>"), "InvalidArgument"
        ),
        (rule("<SSEAlgorithm>aws:kms</SSEAlgorithm>"), "NotImplemented"),
        (rule("<SSEAlgorithm>aws:kms:dsse</SSEAlgorithm>"), "NotImplemented"),
    ])
    func `another default encryption is refused`(rules: String, code: String) {
        let error = #expect(throws: S3Error.self) { try Self.encryption(rules) }
        #expect(error?.code.rawValue == code)
        #expect(error?.code != "NotImplemented" || error?.reason == "there is no key service; use AES256")
    }

    @Test(arguments: [true, false])
    func `a policy status is a truth value`(isPublic: Bool) throws {
        #expect(
            ConfigurationText.text(try PolicyStatus(isPublic: isPublic).document())
                == ConfigurationText.answer("PolicyStatus", "<IsPublic>\(isPublic)</IsPublic>")
        )
    }
}
