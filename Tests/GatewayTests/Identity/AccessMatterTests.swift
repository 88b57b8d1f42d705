import NIOCore
import NIOPosix
import ObjectStorage
import S3Protocol
import Testing

@testable import Gateway

@Suite struct AccessMatterTests {
    private static let root = Identity(kind: .root, accessKeyID: "R", userID: TestGateway.id("root"), displayName: "r")

    private func access(
        _ identity: Identity,
        _ operation: S3Operation,
        _ target: String = "/box/k",
        headers: [(String, String)] = [],
        proof: SignatureProof? = nil
    ) throws -> AccessRequest {
        let fields = HeaderList(headers)
        return AccessRequest(
            identity: identity,
            operation: operation,
            bucket: TestGateway.box,
            key: try ObjectKey("k"),
            version: nil,
            headers: fields,
            content: .init(tags: try fields["x-amz-tagging"].map { try TagSet(header: $0) }),
            proof: proof,
            http: Request(
                id: RequestID(),
                head: RequestHead(method: "GET", target: try RequestTarget(target), headers: fields),
                body: RequestBody(on: MultiThreadedEventLoopGroup.singleton.next()),
                contentLength: nil,
                received: TestGateway.now,
                remoteAddress: "192.0.2.1",
                isSecure: true
            )
        )
    }

    private func matter(_ access: AccessRequest, _ statements: [String]) throws -> AccessMatter {
        var matter = AccessMatter(access: access)
        matter.bucket = Bucket(
            name: TestGateway.box,
            id: "1",
            owner: TestGateway.id("bob"),
            created: TestGateway.now,
            settings: BucketSettings()
        )
        let text = Array(TestGateway.policy(statements).utf8)
        matter.bucketPolicy = AccessPolicy(try Policy(bucketPolicy: text, bucket: TestGateway.box))
        return matter
    }

    @Test(arguments: [
        (S3Operation.getBucketPolicy, true), (.putBucketPolicy, true), (.deleteBucketPolicy, true),
        (.getBucketAcl, false), (.getObject, false), (.deleteBucket, false),
    ])
    func `a policy cannot lock the root out of itself`(operation: S3Operation, isAllowed: Bool) throws {
        var access = try access(Self.root, operation)
        access.key = operation == .getObject ? access.key : nil
        let verdict = try matter(access, [Statement.denyAll]).verdict(on: operation.action)
        #expect((verdict == .allowed) == isAllowed, "\(verdict)")
    }

    @Test(
        arguments: [
            ("aws:sourceip", ["192.0.2.1"]), ("aws:securetransport", ["true"]), ("aws:useragent", ["curl/8"]),
            ("aws:referer", ["https://page"]), ("aws:currenttime", ["2023-11-14T22:13:20Z"]),
            ("aws:epochtime", ["1700000000"]), ("aws:resourceaccount", ["000000000000"]), ("aws:nothing", nil),
            ("s3:prefix", ["a/"]), ("s3:max-keys", ["5"]), ("s3:delimiter", nil), ("s3:if-none-match", ["*"]),
            ("s3:x-amz-acl", ["private"]), ("s3:x-amz-storage-class", nil), ("s3:requestobjecttag/team", ["red"]),
            ("s3:requestobjecttag/other", nil), ("s3:requestobjecttagkeys", ["Team", "x"]),
            ("s3:existingobjecttag/kind", ["cat"]), ("s3:existingobjecttag/other", nil), ("s3:versionid", nil),
            ("s3:object-lock-remaining-retention-days", ["2"]), ("s3:object-lock-mode", nil),
            ("s3:objectcreationoperation", nil), ("s3:signatureversion", nil), ("s3:authtype", nil),
            ("s3:buckettag/unit", ["sales"]), ("s3:buckettag/other", nil), ("s3:tlsversion", nil),
            ("s3:locationconstraint", nil), ("s3:x-amz-copy-source", ["box/a b"]),
        ] as [(String, [String]?)]
    )
    func `condition keys stand for what the request has`(key: String, values: [String]?) throws {
        var access = try access(
            Self.root,
            .listObjectsV2,
            "/box?list-type=2&prefix=a/&max-keys=5",
            headers: [
                ("User-Agent", "curl/8"), ("Referer", "https://page"), ("If-None-Match", "*"),
                ("X-Amz-Acl", "private"), ("x-amz-acl", "public-read"), ("x-amz-tagging", "Team=red&x=y"),
                ("x-amz-copy-source", "/box/a%20b?versionId=null"),
            ]
        )
        access.content.retainUntil = TestGateway.now.advanced(bySeconds: 86_400 + 1)
        var context = AccessContext(request: access, existingTags: [.init(key: "Kind", value: "cat")])
        context.bucketTags = [.init(key: "Unit", value: "sales")]
        #expect(context.values(key) == values)
    }

    @Test func `a signature has a version, a place and an age`() throws {
        let head = RequestHead(
            method: "GET",
            target: try RequestTarget("/box/k"),
            headers: HeaderList([("Host", "localhost")])
        )
        let signer = SigV4Signer(accessKeyID: "A", secret: SigningSecret("secret"), region: "us-east-1")
        let signed = try signer.sign(head, payload: .unsigned, at: TestGateway.now.advanced(bySeconds: -5))
        let whole = RequestHead(method: "GET", target: head.target, headers: signed.headers)
        let proof = SignatureProof(try AuthenticationScheme.detect(whole), whole)
        let context = AccessContext(request: try access(Self.root, .putObject, proof: proof), existingTags: nil)
        #expect(context.values("s3:signatureversion") == ["AWS4-HMAC-SHA256"])
        #expect(context.values("s3:authtype") == ["REST-HEADER"])
        #expect(context.values("s3:signatureage") == ["5000"])
        #expect(context.values("s3:objectcreationoperation") == ["true"])
        #expect(context.values("s3:prefix") == nil)
    }

    @Test func `users and the root have names that policies know`() {
        #expect(Self.root.arn == "arn:aws:iam::000000000000:root")
        let alice = Identity(kind: .user, accessKeyID: "A", userID: "id", displayName: "Alice", name: "alice")
        #expect(alice.arn == "arn:aws:iam::000000000000:user/alice" && alice.accountID == "000000000000")
        #expect(Identity.anonymous.arn == nil && Identity.anonymous.principal == .anonymous)
    }

    @Test func `policies are read once for each text, and only so many are kept`() throws {
        let cache = PolicyCache(capacity: 2)
        let text = Policy.publicRead(bucket: TestGateway.box)
        #expect(try cache.policy(text, of: TestGateway.box).isPublic)
        let changed = TestGateway.policy([Statement.aliceReads])
        #expect(try !cache.policy(changed, of: TestGateway.box).isPublic)
        #expect(cache.count == 1)
        for name in ["one", "two", "three"] {
            let bucket = try BucketName(name)
            #expect(try cache.policy(Policy.publicRead(bucket: bucket), of: bucket).isPublic)
        }
        #expect(cache.count == 2)
        #expect(throws: S3Error.self) { try cache.policy("{", of: TestGateway.box) }
    }
}
