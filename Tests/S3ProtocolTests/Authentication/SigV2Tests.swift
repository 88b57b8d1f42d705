import S3Protocol
import Testing

@Suite("Signature version 2")
struct SigV2Tests {
    private typealias Fixture = SigV4Fixture

    struct Vector: Sendable, CustomTestStringConvertible {
        var method = "GET"
        var target: String
        var bucket: String?
        var headers: [(String, String)]
        var text: String
        var signature: String

        var testDescription: String { text }
    }

    static let allowing = VerificationPolicy(allowsVersion2Header: true)

    static let vectors: [Vector] = [
        Vector(
            target: "/photos/puppy.jpg",
            bucket: "awsexamplebucket1",
            headers: [("Date", "Tue, 27 Mar 2007 19:36:42 +0000")],
            text: "GET\n\n\nTue, 27 Mar 2007 19:36:42 +0000\n/awsexamplebucket1/photos/puppy.jpg",
            signature: "qgk2+6Sv9/oM7G3qLEjTH1a1l1g="
        ),
        Vector(
            method: "PUT",
            target: "/photos/puppy.jpg",
            bucket: "awsexamplebucket1",
            headers: [
                ("Content-Type", "image/jpeg"), ("Content-Length", "94328"),
                ("Date", "Tue, 27 Mar 2007 21:15:45 +0000"),
            ],
            text: "PUT\n\nimage/jpeg\nTue, 27 Mar 2007 21:15:45 +0000\n/awsexamplebucket1/photos/puppy.jpg",
            signature: "iqRzw+ileNPu1fhspnRs8nOjjIA="
        ),
        Vector(
            target: "/?prefix=photos&max-keys=50",
            bucket: "awsexamplebucket1",
            headers: [("Date", "Tue, 27 Mar 2007 19:42:41 +0000")],
            text: "GET\n\n\nTue, 27 Mar 2007 19:42:41 +0000\n/awsexamplebucket1/",
            signature: "m0WP8eCtspQl5Ahe6L1SozdX9YA="
        ),
        Vector(
            target: "/?acl",
            bucket: "awsexamplebucket1",
            headers: [("Date", "Tue, 27 Mar 2007 19:44:46 +0000")],
            text: "GET\n\n\nTue, 27 Mar 2007 19:44:46 +0000\n/awsexamplebucket1/?acl",
            signature: "82ZHiFIjc+WbcwFKGUVEQspPn+0="
        ),
        Vector(
            method: "PUT",
            target: "/db-backup.dat.gz",
            bucket: "static.awsexamplebucket1.net",
            headers: [
                ("Date", "Tue, 27 Mar 2007 21:06:08 +0000"), ("x-amz-acl", "public-read"),
                ("content-type", "application/x-download"), ("Content-MD5", "4gJE4saaMU4BqNR0kLY+lw=="),
                ("X-Amz-Meta-ReviewedBy", "joe@awsexamplebucket1.net"),
                ("X-Amz-Meta-ReviewedBy", "jane@awsexamplebucket1.net"),
                ("X-Amz-Meta-FileChecksum", "0x02661779"), ("X-Amz-Meta-ChecksumAlgorithm", "crc32"),
                ("Content-Disposition", "attachment; filename=database.dat"),
            ],
            text: "PUT\n4gJE4saaMU4BqNR0kLY+lw==\napplication/x-download\nTue, 27 Mar 2007 21:06:08 +0000\n"
                + "x-amz-acl:public-read\nx-amz-meta-checksumalgorithm:crc32\nx-amz-meta-filechecksum:0x02661779\n"
                + "x-amz-meta-reviewedby:joe@awsexamplebucket1.net,jane@awsexamplebucket1.net\n"
                + "/static.awsexamplebucket1.net/db-backup.dat.gz",
            signature: "dKZcB+bz2EPXgSdXZp9ozGeOM4I="
        ),
        Vector(
            target: "/",
            headers: [("Date", "Wed, 28 Mar 2007 01:29:59 +0000")],
            text: "GET\n\n\nWed, 28 Mar 2007 01:29:59 +0000\n/",
            signature: "qGdzdERIC03wnaRNKh6OqZehG9s="
        ),
        Vector(
            target: "/dictionary/fran%C3%A7ais/pr%c3%a9f%c3%a8re",
            headers: [("Date", "Wed, 28 Mar 2007 01:49:49 +0000")],
            text: "GET\n\n\nWed, 28 Mar 2007 01:49:49 +0000\n/dictionary/fran%C3%A7ais/pr%c3%a9f%c3%a8re",
            signature: "DNEZGsoieTZ92F3bUfSPQcbGmlM="
        ),
        Vector(
            method: "DELETE",
            target: "/awsexamplebucket1/photos/puppy.jpg",
            headers: [
                ("Date", "Tue, 27 Mar 2007 21:20:27 +0000"), ("x-amz-date", "Tue, 27 Mar 2007 21:20:26 +0000"),
            ],
            text: "DELETE\n\n\n\nx-amz-date:Tue, 27 Mar 2007 21:20:26 +0000\n/awsexamplebucket1/photos/puppy.jpg",
            signature: "Ri1hpB1zpS9pGqR7y8kuNFCl4sE="
        ),
    ]

    static let older: [(String, String, String, String)] = [
        ("GET", "/photos/puppy.jpg", "Tue, 27 Mar 2007 19:36:42 +0000", "bWq2s1WEIj+Ydj0vQ697zp+IXMU="),
        ("PUT", "/photos/puppy.jpg", "Tue, 27 Mar 2007 21:15:45 +0000", "MyyxeRY7whkBe+bq8fHCL/2kKUg="),
        ("GET", "/?prefix=photos&max-keys=50", "Tue, 27 Mar 2007 19:42:41 +0000", "htDYFYduRNen8P9ZfE/s9SuKy0U="),
        ("GET", "/?acl", "Tue, 27 Mar 2007 19:44:46 +0000", "c2WLPFtWHVgbEmeEG93a4cG37dM="),
    ]

    private func verify(_ head: RequestHead, bucket: String?, now: Timestamp, policy: VerificationPolicy) throws {
        try Fixture.v2(head).verify(secret: Fixture.secret, hostBucket: bucket, now: now, policy: policy)
    }

    private func moment(_ headers: [(String, String)]) -> Timestamp {
        Timestamp(httpDate: headers.last { $0.0.lowercased().hasSuffix("date") }!.1)!
    }

    @Test("A published header vector verifies", arguments: vectors)
    func header(vector: Vector) throws {
        let authorization = ("Authorization", "AWS \(Fixture.accessKeyID):\(vector.signature)")
        let head = try Fixture.head(vector.method, vector.target, vector.headers + [authorization])
        let text = try Fixture.v2(head).stringToSign(hostBucket: vector.bucket)
        #expect(String(decoding: text, as: UTF8.self) == vector.text)
        let now = moment(vector.headers)
        try verify(head, bucket: vector.bucket, now: now, policy: Self.allowing)
        let refused = Fixture.error {
            try verify(head, bucket: vector.bucket, now: now, policy: VerificationPolicy())
        }
        #expect(refused?.message.hasPrefix("The authorization mechanism you have provided is not supported.") == true)
    }

    @Test("In a path, a bucket alone is signed with a slash behind it or without", arguments: ["", "/"])
    func bucketAlone(slash: String) throws {
        let vector = Self.vectors[2]
        let authorization = ("Authorization", "AWS \(Fixture.accessKeyID):\(vector.signature)")
        let target = "/awsexamplebucket1\(slash)?prefix=photos&max-keys=50"
        let head = try Fixture.head(vector.method, target, vector.headers + [authorization])
        try verify(head, bucket: nil, now: moment(vector.headers), policy: Self.allowing)
        let other = try Fixture.head(vector.method, "/awsexamplebucket1/k", vector.headers + [authorization])
        #expect(
            Fixture.error { try verify(other, bucket: nil, now: moment(vector.headers), policy: Self.allowing) } != nil
        )
    }

    @Test("An older published vector of the bucket johnsmith verifies", arguments: older)
    func olderVectors(method: String, target: String, date: String, signature: String) throws {
        let type = method == "PUT" ? [("Content-Type", "image/jpeg")] : []
        let head = try Fixture.head(
            method,
            target,
            type + [("Date", date), ("Authorization", "AWS \(Fixture.accessKeyID):\(signature)")]
        )
        try verify(head, bucket: "johnsmith", now: Timestamp(httpDate: date)!, policy: Self.allowing)
    }

    private func query(_ signature: String, more: String = "", headers: [(String, String)] = []) throws -> RequestHead {
        let target = "/johnsmith/photos/puppy.jpg?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Expires=1175139620"
        return try Fixture.head("GET", "\(target)&Signature=\(signature)\(more)", headers)
    }

    @Test("The published query vector verifies until it expires")
    func presigned() throws {
        let head = try query("NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D")
        let end = Timestamp(seconds: 1_175_139_620)
        try verify(head, bucket: nil, now: end, policy: VerificationPolicy())
        let expired = Fixture.error {
            try verify(head, bucket: nil, now: end.advanced(bySeconds: 1), policy: VerificationPolicy())
        }
        #expect(expired?.message == "Request has expired")
        #expect(expired?.details.map(\.name) == ["Expires", "ServerTime"])
        let refused = Fixture.error {
            try verify(head, bucket: nil, now: end, policy: VerificationPolicy(allowsVersion2Query: false))
        }
        #expect(refused?.code == "InvalidRequest")
    }

    @Test("A plus that was not escaped does not match, and the reason says why")
    func rawPlus() throws {
        let head = try query("NpgCjnDzrM+WFzoENXmpNDUsSn8=")
        let error = Fixture.error {
            try verify(head, bucket: nil, now: Fixture.now.advanced(bySeconds: -400_000_000), policy: Self.allowing)
        }
        #expect(error?.code == "SignatureDoesNotMatch")
        #expect(error?.reason?.contains("%2B") == true)
        #expect(error?.detail("CanonicalRequest") == nil)
    }

    @Test("A content type that was not signed does not match")
    func unsignedContentType() throws {
        let head = try query("NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D", headers: [("Content-Type", "a/b")])
        let error = Fixture.error {
            try verify(head, bucket: nil, now: Timestamp(seconds: 0), policy: Self.allowing)
        }
        #expect(error?.code == "SignatureDoesNotMatch")
    }

    @Test("Sub-resources are sorted, decoded and the only parameters signed; a token in the query is an amz header")
    func subresources() throws {
        let head = try query(
            "x",
            more: "&versionId=3%2F&response-content-type=text%2Fplain&prefix=a&acl&x-amz-security-token=T"
        )
        let text = String(decoding: try Fixture.v2(head).stringToSign(hostBucket: nil), as: UTF8.self)
        #expect(
            text == "GET\n\n\n1175139620\nx-amz-security-token:T\n"
                + "/johnsmith/photos/puppy.jpg?acl&response-content-type=text/plain&versionId=3/"
        )
        #expect(try Fixture.v2(head).securityToken == "T")
    }

    @Test("The date is required and may be fifteen minutes off", arguments: [nil, "never"])
    func dates(date: String?) throws {
        let fields = [("Authorization", "AWS a:b")] + (date.map { [("Date", $0)] } ?? [])
        let head = try Fixture.head("GET", "/", fields)
        let error = Fixture.error { try verify(head, bucket: nil, now: Fixture.now, policy: Self.allowing) }
        #expect(error?.message == "AWS authentication requires a valid Date or x-amz-date header")
        let late = try Fixture.head("GET", "/", [("Authorization", "AWS a:b"), ("Date", Fixture.now.httpDate)])
        let skewed = Fixture.error {
            try verify(late, bucket: nil, now: Fixture.now.advanced(bySeconds: 901), policy: Self.allowing)
        }
        #expect(skewed?.code == "RequestTimeTooSkewed")
    }

    @Test("An expiry that is not a number is refused")
    func badExpiry() throws {
        let head = try Fixture.head("GET", "/?AWSAccessKeyId=A&Signature=s&Expires=soon", [])
        let error = Fixture.error { try verify(head, bucket: nil, now: Fixture.now, policy: VerificationPolicy()) }
        #expect(error?.status == 403)
    }

    @Test(arguments: ["retention", "legal-hold", "publicAccessBlock", "encryption", "renameObject", "attributes"])
    func `a sub-resource that version 2 does not cover is refused`(name: String) throws {
        let plain = "/b/k?AWSAccessKeyId=A&Signature=x&Expires=2000000000"
        let now = Timestamp(seconds: 1_900_000_000)
        try Fixture.v2(Fixture.head("PUT", plain, [])).validate(now: now, policy: VerificationPolicy())
        let further = try Fixture.v2(Fixture.head("PUT", "\(plain)&\(name)", []))
        let error = Fixture.error { try further.validate(now: now, policy: VerificationPolicy()) }
        #expect(error?.code == "AccessDenied" && error?.reason?.contains("?\(name)") == true)
    }

    @Test func `headers in the query are not covered by the header form`() throws {
        let head = try Fixture.head(
            "PUT",
            "/b/k?x-amz-acl=public-read",
            [("Authorization", "AWS a:b"), ("Date", Fixture.now.httpDate)]
        )
        let error = Fixture.error { try verify(head, bucket: nil, now: Fixture.now, policy: Self.allowing) }
        #expect(error?.code == "AccessDenied")
    }
}
