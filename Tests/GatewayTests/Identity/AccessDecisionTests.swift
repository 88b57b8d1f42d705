import Gateway
import ObjectStorage
import S3Protocol
import Testing

/// Who may read the object `k` in the bucket `box`.
struct AccessDecision: Sendable, CustomTestStringConvertible {
    let caller: String
    let status: Int
    var owner = "bob"
    /// The statements of alice's own policy.
    var own: [String]?
    /// The statements of the bucket's policy.
    var policy: [String] = []
    var ownership: ObjectOwnership?
    var bucketList: CannedACL?
    var objectList: CannedACL?
    var block: PublicAccessBlock?

    var testDescription: String {
        let facts: [String?] = [
            "\(caller) in \(owner)'s bucket: \(status)", own.map { "own \($0)" }, policy.isEmpty ? nil : "\(policy)",
            ownership?.rawValue, bucketList.map { "bucket \($0)" }, objectList.map { "object \($0)" },
            block.map { "\($0)" },
        ]
        return facts.compactMap(\.self).joined(separator: ", ")
    }

    private static let read = Statement.own("s3:GetObject")
    private static let list = Statement.own("s3:ListBucket", "box")
    private static let deny = Statement.own("s3:GetObject", effect: "Deny")

    static let anonymous = [
        AccessDecision(caller: "-", status: 403),
        AccessDecision(caller: "-", status: 200, policy: [Statement.publicRead]),
        AccessDecision(caller: "-", status: 403, policy: [Statement.publicRead, Statement.denyAll]),
        AccessDecision(caller: "-", status: 403, policy: [Statement.aliceReads]),
        AccessDecision(
            caller: "-",
            status: 403,
            policy: [Statement.publicRead],
            block: .init(restrictPublicBuckets: true)
        ),
        AccessDecision(caller: "-", status: 200, policy: [Statement.publicRead], block: .init(blockPublicPolicy: true)),
        AccessDecision(caller: "-", status: 403, ownership: .objectWriter, bucketList: .publicRead),
        AccessDecision(caller: "-", status: 200, ownership: .objectWriter, objectList: .publicRead),
        AccessDecision(caller: "-", status: 200, ownership: .bucketOwnerPreferred, objectList: .publicRead),
        AccessDecision(caller: "-", status: 403, ownership: .objectWriter, objectList: .authenticatedRead),
        AccessDecision(caller: "-", status: 403, ownership: .bucketOwnerEnforced, objectList: .publicRead),
        AccessDecision(caller: "-", status: 403, objectList: .publicRead),
        AccessDecision(
            caller: "-",
            status: 403,
            ownership: .objectWriter,
            objectList: .publicRead,
            block: .init(ignorePublicAcls: true)
        ),
        AccessDecision(
            caller: "-",
            status: 403,
            policy: [Statement.denyAll],
            ownership: .objectWriter,
            objectList: .publicRead
        ),
    ]

    static let users = [
        AccessDecision(caller: "alice", status: 200, owner: "alice"),
        AccessDecision(caller: "alice", status: 403),
        AccessDecision(caller: "alice", status: 403, owner: "root"),
        AccessDecision(caller: "alice", status: 403, owner: "alice", policy: [Statement.denyAll]),
        AccessDecision(caller: "alice", status: 200, policy: [Statement.aliceReads]),
        AccessDecision(caller: "alice", status: 200, policy: [Statement.aliceReadsByID]),
        AccessDecision(caller: "alice", status: 403, policy: [Statement.accountReads]),
        AccessDecision(caller: "alice", status: 200, policy: [Statement.publicRead]),
        AccessDecision(
            caller: "alice",
            status: 200,
            policy: [Statement.publicRead],
            block: .init(restrictPublicBuckets: true)
        ),
        AccessDecision(caller: "alice", status: 200, ownership: .objectWriter, objectList: .authenticatedRead),
        AccessDecision(caller: "alice", status: 403, ownership: .objectWriter),
        AccessDecision(
            caller: "alice",
            status: 403,
            ownership: .objectWriter,
            objectList: .authenticatedRead,
            block: .init(ignorePublicAcls: true)
        ),
    ]

    static let usersWithPolicies = [
        AccessDecision(caller: "alice", status: 200, own: [read]),
        AccessDecision(caller: "alice", status: 200, own: [read], ownership: .objectWriter),
        AccessDecision(caller: "alice", status: 403, own: [list]),
        AccessDecision(caller: "alice", status: 403, owner: "alice", own: [list]),
        AccessDecision(caller: "alice", status: 403, owner: "alice", own: [list], ownership: .objectWriter),
        AccessDecision(caller: "alice", status: 200, own: [list], policy: [Statement.aliceReads]),
        AccessDecision(caller: "alice", status: 200, own: [list], ownership: .objectWriter, objectList: .publicRead),
        AccessDecision(caller: "alice", status: 403, own: [read], policy: [Statement.denyAll]),
        AccessDecision(caller: "alice", status: 403, own: [read, deny]),
        AccessDecision(caller: "alice", status: 403, owner: "alice", own: [deny], policy: [Statement.publicRead]),
    ]

    static let root = [
        AccessDecision(caller: "root", status: 200),
        AccessDecision(caller: "root", status: 200, policy: [Statement.aliceReads]),
        AccessDecision(caller: "root", status: 403, owner: "root", policy: [Statement.denyAll]),
    ]
}

@Suite struct AccessDecisionTests {
    @Test(
        arguments: AccessDecision.anonymous + AccessDecision.users + AccessDecision.usersWithPolicies
            + AccessDecision.root
    )
    func `reading is decided by rank, policies and lists, and a denial wins`(row: AccessDecision) async throws {
        try await TestGateway.run { gateway in
            try await gateway.know(["alice": row.own])
            let owner = TestGateway.id(row.owner)
            try await gateway.makeBox(owner: row.owner, objectList: row.objectList) { settings in
                settings.policy = row.policy.isEmpty ? nil : TestGateway.policy(row.policy)
                settings.ownership = row.ownership
                settings.accessControl = row.bucketList?.list(owner: owner, bucketOwner: owner)
                settings.publicAccessBlock = row.block
            }
            let answer = try await gateway.send(as: row.caller, "GET", "/box/k")
            #expect(answer.status == row.status, "\(answer.reason)")
            #expect(try await gateway.send(as: row.caller, "HEAD", "/box/k").status == row.status)
        }
    }

    @Test func `a refusal names what was asked for and the statement that came nearest`() async throws {
        try await TestGateway.run { gateway in
            try await gateway.know(["alice": [Statement.own("s3:GetObject", "other/*")]])
            try await gateway.makeBox(owner: "bob") { $0.policy = TestGateway.policy([Statement.aliceReads]) }
            let put = try await gateway.send(as: "alice", "PUT", "/box/new", body: "x")
            #expect(put.outcome == "403 AccessDenied")
            #expect(put.reason.hasPrefix("user alice may not do s3:PutObject: in the policy of the access key no "))
            #expect(put.reason.contains("in the policy of the bucket no statement allows s3:PutObject"))
            #expect(put.reason.hasSuffix("access control lists do not count in it (BucketOwnerEnforced)"))
            let anonymous = try await gateway.send(as: "-", "GET", "/box/k")
            #expect(anonymous.reason == "the request is not signed, and s3:GetObject is not public")
            _ = try await gateway.store.updateBucket(TestGateway.box) {
                $0.policy = TestGateway.policy([Statement.denyAll])
            }
            let denied = try await gateway.send(as: "root", "GET", "/box/k")
            #expect(denied.reason.contains("in the policy of the bucket statement 1 denies s3:GetObject"))
        }
    }
}
