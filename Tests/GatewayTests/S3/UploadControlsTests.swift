import NIOHTTP1
import ObjectStorage
import S3Protocol
import Testing

@testable import Gateway

@Suite struct UploadControlsTests {
    private static let caller = String(repeating: "a", count: 64)

    private func controls(
        _ gateway: TestGateway,
        _ settings: BucketSettings,
        _ headers: [String: String]
    ) throws -> UploadControls {
        let bucket = Bucket(
            name: try BucketName("second"),
            id: "b",
            owner: "o",
            created: TestGateway.now,
            settings: settings
        )
        return try UploadControls(in: bucket, gateway.services, callerID: Self.caller) { headers[$0] }
    }

    private static var locked: BucketSettings {
        var settings = BucketSettings()
        settings.versioning = .enabled
        settings.objectLock = ObjectLockConfiguration(
            defaultRetention: DefaultRetention(mode: .governance, period: .days(1))
        )
        return settings
    }

    private static func owned(_ ownership: ObjectOwnership) -> BucketSettings {
        var settings = BucketSettings()
        settings.ownership = ownership
        return settings
    }

    @Test func `encryption is told of only when it is declared`() async throws {
        let asked = ["x-amz-server-side-encryption": "AES256"]
        try await TestGateway.run { gateway in
            let plain = try controls(gateway, BucketSettings(), [:])
            #expect(plain.encryption == nil)
            let error = #expect(throws: S3Error.self) { try controls(gateway, BucketSettings(), asked) }
            #expect(error?.code == "NotImplemented")
        }
        try await TestGateway.run(isEncryptionDeclared: true) { gateway in
            for headers in [[:], asked] {
                let found = try controls(gateway, BucketSettings(), headers)
                #expect(found.encryption == .aes256)
            }
        }
    }

    @Test func `a bucket with a lock gives its default to uploads that say nothing else`() async throws {
        try await TestGateway.run { gateway in
            let day = try controls(gateway, Self.locked, ["x-amz-object-lock-legal-hold": "ON"])
            #expect(day.retention?.retainUntil == TestGateway.now.advanced(bySeconds: 86_400))
            #expect(day.retention?.mode == .governance && day.legalHold == .on)
            let own = try controls(
                gateway,
                Self.locked,
                [
                    "x-amz-object-lock-mode": "COMPLIANCE",
                    "x-amz-object-lock-retain-until-date": "2030-01-01T00:00:00Z",
                ]
            )
            #expect(own.retention?.mode == .compliance && own.legalHold == nil)
        }
    }

    @Test func `a bucket without a lock takes no headers of one`() async throws {
        try await TestGateway.run { gateway in
            let error = #expect(throws: S3Error.self) {
                try controls(gateway, BucketSettings(), ["x-amz-object-lock-legal-hold": "OFF"])
            }
            #expect(error == .uploadWithoutObjectLock)
        }
    }

    @Test(
        arguments: [
            (.bucketOwnerEnforced, nil, nil, false), (.bucketOwnerEnforced, "private", nil, false),
            (.bucketOwnerPreferred, nil, caller, false),
            (.bucketOwnerPreferred, "bucket-owner-full-control", nil, false),
            (.objectWriter, nil, caller, false), (.objectWriter, "public-read", caller, true),
            (.objectWriter, "bucket-owner-full-control", caller, true),
        ] as [(ObjectOwnership, String?, String?, Bool)]
    )
    func `ownership decides who owns an upload`(
        ownership: ObjectOwnership,
        canned: String?,
        owner: String?,
        hasList: Bool
    ) async throws {
        try await TestGateway.run { gateway in
            let found = try controls(gateway, Self.owned(ownership), canned.map { ["x-amz-acl": $0] } ?? [:])
            #expect(found.owner == owner && (found.accessControl != nil) == hasList)
            var attributes = ObjectAttributes()
            found.apply(to: &attributes)
            #expect(attributes.owner == owner && attributes.accessControl == found.accessControl)
        }
    }

    @Test func `a list that the bucket does not take is refused`() async throws {
        let asked = ["x-amz-acl": "public-read"]
        var blocked = Self.owned(.objectWriter)
        blocked.publicAccessBlock = PublicAccessBlock(blockPublicAcls: true)
        let settings = blocked
        try await TestGateway.run { gateway in
            let enforced = #expect(throws: S3Error.self) { try controls(gateway, BucketSettings(), asked) }
            #expect(enforced?.code == "AccessControlListNotSupported")
            let refused = #expect(throws: S3Error.self) { try controls(gateway, settings, asked) }
            #expect(refused?.code == "AccessDenied")
        }
    }

    @Test func `answers tell of encryption, lock and end`() throws {
        var record = ObjectRecord(
            key: try ObjectKey("k"),
            bucketID: "b",
            sequence: 1,
            version: .null,
            size: 1,
            modified: Timestamp(seconds: 1_700_000_000),
            etag: ETag(md5: Array(repeating: 0, count: 16)),
            checksums: [],
            attributes: ObjectAttributes()
        )
        #expect(record.controlHeaders(lifecycle: nil, encryption: nil).isEmpty)
        #expect(record.retentionHeaders.isEmpty && record.legalHoldHeaders.isEmpty)
        record.attributes.legalHold = false
        #expect(record.legalHoldHeaders["x-amz-object-lock-legal-hold"] == ["OFF"])
        let rule = LifecycleRule(
            id: "r",
            isEnabled: true,
            filter: LifecycleFilter(),
            expiration: .at(.days(1))
        )
        let headers = record.controlHeaders(lifecycle: .init(rules: [rule]), encryption: .aes256)
        #expect(headers["x-amz-server-side-encryption"] == ["AES256"])
        #expect(
            headers["x-amz-expiration"] == [#"expiry-date="Thu, 16 Nov 2023 00:00:00 GMT", rule-id="r""#]
        )
    }
}
