import S3Protocol
import Testing

@Suite("The actions of a request")
struct RequiredActionsTests {
    @Test("are all known, for the operations and what headers and versions add")
    func known() {
        let headers = HeaderList(
            ["x-amz-acl", "x-amz-tagging", "x-amz-object-lock-mode", "x-amz-object-lock-legal-hold"].map { ($0, "x") }
                + ["x-amz-bypass-governance-retention", "x-amz-bucket-object-lock-enabled"].map { ($0, "true") }
        )
        for operation in S3Operation.allCases {
            for hasVersion in [false, true] {
                for action in operation.requiredActions(hasVersion: hasVersion, headers: headers) {
                    #expect(PolicyActions.scope(of: action) != nil, "\(operation) \(action)")
                }
            }
        }
    }

    @Test("are done with what the operation's request names")
    func scopes() {
        for row in S3Operation.table where row.operation != .postObject && row.operation != .deleteObjects {
            let scope: PolicyActions.Scope =
                switch row.scope {
                case .service: .service
                case .bucket: .bucket
                case .object: .object
                }
            #expect(PolicyActions.scope(of: row.action) == scope, "\(row.action)")
        }
    }

    @Test("are named once, and found in any case")
    func names() {
        #expect(Set(PolicyActions.all.map(\.name)).count == PolicyActions.all.count)
        #expect(PolicyActions.scope(of: "S3:getOBJECT") == .object)
        #expect(PolicyActions.scope(of: "s3:Get*") == nil)
    }

    @Test(
        "depend on versions and headers",
        arguments: [
            (.getObject, false, [], ["s3:GetObject"]), (.getObject, true, [], ["s3:GetObjectVersion"]),
            (.headObject, true, [], ["s3:GetObjectVersion"]), (.deleteObject, true, [], ["s3:DeleteObjectVersion"]),
            (.getObjectAttributes, false, [], ["s3:GetObject", "s3:GetObjectAttributes"]),
            (.getObjectAttributes, true, [], ["s3:GetObjectVersion", "s3:GetObjectVersionAttributes"]),
            (.getObjectTagging, true, [], ["s3:GetObjectVersionTagging"]),
            (.putObjectTagging, true, [], ["s3:PutObjectVersionTagging"]),
            (.deleteObjectTagging, true, [], ["s3:DeleteObjectVersionTagging"]),
            (.getObjectAcl, true, [], ["s3:GetObjectVersionAcl"]),
            (.putObjectAcl, true, [], ["s3:PutObjectVersionAcl"]),
            (.putObjectAcl, false, [("x-amz-acl", "private")], ["s3:PutObjectAcl"]),
            (.getObjectRetention, true, [], ["s3:GetObjectRetention"]), (.putObject, false, [], ["s3:PutObject"]),
            (.putObject, false, [("X-Amz-Acl", "private")], ["s3:PutObject", "s3:PutObjectAcl"]),
            (
                .copyObject, false, [("x-amz-grant-read", "id=1"), ("x-amz-acl", "a")],
                ["s3:PutObject", "s3:PutObjectAcl"]
            ),
            (.createMultipartUpload, false, [("x-amz-tagging", "a=b")], ["s3:PutObject", "s3:PutObjectTagging"]),
            (.uploadPart, false, [("x-amz-tagging", "a=b")], ["s3:PutObject"]),
            (.putObject, false, [("acl", "private"), ("tagging", "x")], ["s3:PutObject"]),
            (
                .postObject, false, [("acl", "private"), ("tagging", "x")],
                ["s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectTagging"]
            ),
            (
                .putObject, false,
                [
                    ("x-amz-object-lock-mode", "GOVERNANCE"), ("x-amz-object-lock-retain-until-date", "x"),
                    ("x-amz-object-lock-legal-hold", "ON"),
                ],
                ["s3:PutObject", "s3:PutObjectRetention", "s3:PutObjectLegalHold"]
            ),
            (
                .deleteObject, true, [("x-amz-bypass-governance-retention", "True")],
                ["s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"]
            ),
            (.deleteObject, true, [("x-amz-bypass-governance-retention", "false")], ["s3:DeleteObjectVersion"]),
            (
                .putObjectRetention, false, [("x-amz-bypass-governance-retention", "true")],
                ["s3:PutObjectRetention", "s3:BypassGovernanceRetention"]
            ),
            (
                .createBucket, false, [("x-amz-bucket-object-lock-enabled", "true"), ("x-amz-acl", "private")],
                ["s3:CreateBucket", "s3:PutBucketAcl", "s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning"]
            ),
            (
                .createBucket, false, [("x-amz-object-ownership", "x")],
                ["s3:CreateBucket", "s3:PutBucketOwnershipControls"]
            ),
            (.listObjectsV2, false, [], ["s3:ListBucket"]),
        ] as [(S3Operation, Bool, [(String, String)], [String])]
    )
    func required(_ operation: S3Operation, _ hasVersion: Bool, _ headers: [(String, String)], _ actions: [String]) {
        #expect(operation.requiredActions(hasVersion: hasVersion, headers: HeaderList(headers)) == actions)
    }

    @Test("on the source of a copy are those of reading it")
    func source() {
        #expect(S3Operation.copyObject.sourceActions(hasVersion: false) == ["s3:GetObject"])
        #expect(S3Operation.uploadPartCopy.sourceActions(hasVersion: true) == ["s3:GetObjectVersion"])
        #expect(S3Operation.renameObject.sourceActions(hasVersion: false) == ["s3:GetObject"])
        #expect(S3Operation.putObject.sourceActions(hasVersion: false).isEmpty)
    }
}
