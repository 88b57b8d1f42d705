import NIOHTTP1
import S3Protocol
import Testing

@Suite struct BucketConfigurationTests {
    @Test(arguments: [
        ("policy", "NoSuchBucketPolicy"), ("policyStatus", "NoSuchBucketPolicy"), ("tagging", "NoSuchTagSet"),
        ("cors", "NoSuchCORSConfiguration"), ("lifecycle", "NoSuchLifecycleConfiguration"),
        ("website", "NoSuchWebsiteConfiguration"), ("replication", "ReplicationConfigurationNotFoundError"),
        ("publicAccessBlock", "NoSuchPublicAccessBlockConfiguration"),
        ("object-lock", "ObjectLockConfigurationNotFoundError"),
        ("encryption", "ServerSideEncryptionConfigurationNotFoundError"),
    ])
    func `what a bucket does not have is absent by its own code`(subResource: String, code: String) async throws {
        try await TestGateway.run { gateway in
            _ = try await gateway.send("PUT", "/second")
            let answer = try await gateway.send("GET", "/second?\(subResource)")
            #expect(answer.status == 404 && answer.element("Code") == code)
            #expect(answer.element("BucketName") == "second")
        }
    }

    @Test(arguments: [
        "policy", "tagging", "cors", "lifecycle", "encryption", "publicAccessBlock", "ownershipControls", "website",
        "replication",
    ])
    func `to delete what is absent is success`(subResource: String) async throws {
        try await TestGateway.run { gateway in
            let answer = try await gateway.send("DELETE", "/uploads?\(subResource)")
            #expect(answer.status == 204 && answer.body.isEmpty)
        }
    }

    @Test func `versioning is never set, then enabled or suspended`() async throws {
        try await TestGateway.run { gateway in
            let before = try await gateway.send("GET", "/uploads?versioning")
            #expect(before.status == 200 && before.element("Status") == nil)
            for state in ["Enabled", "Suspended"] {
                let document = "<VersioningConfiguration><Status>\(state)</Status></VersioningConfiguration>"
                #expect(try await gateway.send("PUT", "/uploads?versioning", body: document).status == 200)
                #expect(try await gateway.send("GET", "/uploads?versioning").element("Status") == state)
            }
            let empty = try await gateway.send("PUT", "/uploads?versioning", body: "<VersioningConfiguration/>")
            #expect(empty.element("Code") == "IllegalVersioningConfigurationException")
        }
    }

    @Test func `object lock needs versions, and keeps them`() async throws {
        let lock = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>"
        func versioning(_ state: String) -> String {
            "<VersioningConfiguration><Status>\(state)</Status></VersioningConfiguration>"
        }
        let (enabled, suspended) = (versioning("Enabled"), versioning("Suspended"))
        try await TestGateway.run { gateway in
            let early = try await gateway.send("PUT", "/uploads?object-lock", body: lock)
            #expect(early.status == 409 && early.element("Code") == "InvalidBucketState")
            _ = try await gateway.send("PUT", "/uploads?versioning", body: enabled)
            #expect(try await gateway.send("PUT", "/uploads?object-lock", body: lock).status == 200)
            let read = try await gateway.send("GET", "/uploads?object-lock")
            #expect(read.element("ObjectLockEnabled") == "Enabled" && read.element("Rule") == nil)
            let refused = try await gateway.send("PUT", "/uploads?versioning", body: suspended)
            #expect(refused.status == 409 && refused.element("Code") == "InvalidBucketState")
            #expect(try await gateway.send("PUT", "/uploads?versioning", body: enabled).status == 200)
        }
    }

    @Test func `tags are replaced as a whole, and an empty set is none`() async throws {
        func tagging(_ tags: String) -> String { "<Tagging><TagSet>\(tags)</TagSet></Tagging>" }
        let (one, none) = (tagging("<Tag><Key>a</Key><Value>1</Value></Tag>"), tagging(""))
        try await TestGateway.run { gateway in
            #expect(try await gateway.send("PUT", "/uploads?tagging", body: one).status == 204)
            let read = try await gateway.send("GET", "/uploads?tagging")
            #expect(read.status == 200 && read.element("Key") == "a" && read.element("Value") == "1")
            #expect(try await gateway.send("PUT", "/uploads?tagging", body: none).status == 204)
            #expect(try await gateway.send("GET", "/uploads?tagging").element("Code") == "NoSuchTagSet")
        }
    }

    @Test func `a document is held against its digests, and needs none`() async throws {
        let document = "<Tagging><TagSet/></Tagging>"
        try await TestGateway.run { gateway in
            let wrong = ("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==")
            let answer = try await gateway.send("PUT", "/uploads?tagging", headers: [wrong], body: document)
            #expect(answer.status == 400 && answer.element("Code") == "BadDigest")
            #expect(try await gateway.send("PUT", "/uploads?tagging", body: document).status == 204)
        }
    }

    @Test func `lifecycle rules come back with their header about transitions`() async throws {
        let document = """
            <LifecycleConfiguration><Rule><ID>r</ID><Filter/><Status>Enabled</Status>\
            <Expiration><Days>3</Days></Expiration></Rule></LifecycleConfiguration>
            """
        let header = "x-amz-transition-default-minimum-object-size"
        try await TestGateway.run { gateway in
            let put = try await gateway.send("PUT", "/uploads?lifecycle", body: document)
            #expect(put.status == 200 && put.headers[header] == ["all_storage_classes_128K"])
            let varies = (header, "varies_by_storage_class")
            _ = try await gateway.send("PUT", "/uploads?lifecycle", headers: [varies], body: document)
            let read = try await gateway.send("GET", "/uploads?lifecycle")
            #expect(read.headers[header] == [varies.1] && read.element("Days") == "3")
            let bad = try await gateway.send("PUT", "/uploads?lifecycle", headers: [(header, "x")], body: document)
            #expect(bad.status == 400 && bad.element("Code") == "InvalidRequest")
            #expect(try await gateway.send("DELETE", "/uploads?lifecycle").status == 204)
            #expect(try await gateway.send("GET", "/uploads?lifecycle").status == 404)
        }
    }

    private static let encryption = """
        <ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>\
        <SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>\
        </ServerSideEncryptionConfiguration>
        """

    @Test func `encryption that nobody declares is neither reported nor taken`() async throws {
        try await TestGateway.run { gateway in
            let read = try await gateway.send("GET", "/uploads?encryption")
            #expect(read.status == 404 && read.headers.first(name: "x-larder-reason")?.contains("at_rest") == true)
            let put = try await gateway.send("PUT", "/uploads?encryption", body: Self.encryption)
            #expect(put.status == 501 && put.headers.first(name: "x-larder-reason")?.contains("at_rest") == true)
        }
    }

    @Test func `declared encryption is the default that deletes lead back to`() async throws {
        try await TestGateway.run(isEncryptionDeclared: true) { gateway in
            #expect(try await gateway.send("GET", "/uploads?encryption").element("SSEAlgorithm") == "AES256")
            #expect(try await gateway.send("PUT", "/uploads?encryption", body: Self.encryption).status == 200)
            #expect(try await gateway.send("DELETE", "/uploads?encryption").status == 204)
            let read = try await gateway.send("GET", "/uploads?encryption")
            #expect(read.status == 200 && read.element("BucketKeyEnabled") == "false")
        }
    }

    @Test(arguments: [
        ("accelerate", "AccelerateConfiguration"), ("logging", "BucketLoggingStatus"),
        ("notification", "NotificationConfiguration"), ("requestPayment", "RequestPaymentConfiguration"),
        ("metrics", "ListMetricsConfigurationsResult"), ("inventory", "ListInventoryConfigurationsResult"),
    ])
    func `features that are not done are found switched off`(subResource: String, root: String) async throws {
        try await TestGateway.run { gateway in
            let answer = try await gateway.send("GET", "/uploads?\(subResource)")
            #expect(answer.status == 200 && answer.body.contains("<\(root) xmlns="))
        }
    }

    @Test(
        arguments: [
            ("PUT", "logging", "<BucketLoggingStatus/>", 200),
            ("PUT", "notification", "<NotificationConfiguration/>", 200),
            (
                "PUT", "requestPayment",
                "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>", 501
            ),
            ("PUT", "website", "<WebsiteConfiguration/>", 501), ("PUT", "replication", "<x/>", 501),
            ("PUT", "metrics&id=a", "<MetricsConfiguration/>", 501), ("GET", "metrics&id=a", "", 404),
            ("DELETE", "metrics&id=a", "", 404),
        ] as [(String, String, String, Int)]
    )
    func `only what keeps a feature off is taken`(
        method: String,
        subResource: String,
        body: String,
        status: Int
    ) async throws {
        try await TestGateway.run { gateway in
            let answer = try await gateway.send(method, "/uploads?\(subResource)", body: body)
            #expect(answer.status == status, "\(answer.body)")
        }
    }
}
