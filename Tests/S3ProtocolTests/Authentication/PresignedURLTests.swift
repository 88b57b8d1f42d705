import S3Protocol
import Testing

@Suite("Presigned URLs")
struct PresignedURLTests {
    private typealias Fixture = SigV4Fixture

    private static let complete = [
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
        ("X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"),
        ("X-Amz-Date", "20130524T000000Z"), ("X-Amz-Expires", "60"), ("X-Amz-SignedHeaders", "host"),
        ("X-Amz-Signature", "abc"),
    ]

    /// A presigned head of GET `/bucket/k`, `target` and `signed` signed, `unsigned` added by the user of the URL.
    private func presigned(
        _ method: String = "GET",
        _ target: String = "/bucket/k",
        lifetime: Int64 = 60,
        signed: [(String, String)] = [],
        unsigned: [(String, String)] = [],
        payload: PayloadMode = .unsigned
    ) throws -> RequestHead {
        let fields = [("Host", "localhost:9000")] + signed
        let plain = try Fixture.head(method, target, fields)
        let query = try Fixture.signer.presign(plain, lifetime: lifetime, at: Fixture.now, payload: payload)
        return try Fixture.head(method, "\(plain.target.rawPath)?\(query)", fields + unsigned)
    }

    /// The head of a URL with one parameter changed or, for nil, dropped.
    private func changing(_ name: String, to value: String?) throws -> RequestHead {
        let parameters = Self.complete.compactMap { pair -> String? in
            guard pair.0 == name else { return "\(pair.0)=\(pair.1)" }
            return value.map { "\(pair.0)=\($0)" }
        }
        return try Fixture.head("GET", "/b/k?" + parameters.joined(separator: "&"), [("Host", "h")])
    }

    @Test("Each of the parameters but the token is required", arguments: complete.map(\.0))
    func missing(name: String) throws {
        let head = try changing(name, to: nil)
        let error = Fixture.error { try Fixture.verify(head) }
        #expect(error?.code == "AuthorizationQueryParametersError")
        #expect(error?.status == 400)
        #expect(error?.message.hasPrefix("Query-string authentication version 4 requires the X-Amz-Algorithm") == true)
    }

    @Test(
        "A parameter out of form is refused in S3's words",
        arguments: [
            (
                "X-Amz-Algorithm", "AWS4",
                #"X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256""#
            ),
            ("X-Amz-Date", "2013", #"X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'""#),
            (
                "X-Amz-Credential", "A%252F20130524%252Fus-east-1%252Fs3%252Faws4_request",
                "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; "
                    + #"expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request"."#
            ),
            (
                "X-Amz-Credential", "A/20130524/us-east-1/sns/aws4_request",
                "Error parsing the X-Amz-Credential parameter; "
                    + #"incorrect service "sns". This endpoint belongs to "s3"."#
            ),
            (
                "X-Amz-Date", "20130525T000000Z",
                "Invalid credential date \"20130524\". This date is not the same as X-Amz-Date: \"20130525T000000Z\"."
            ),
            ("X-Amz-Expires", "abc", "X-Amz-Expires should be a number"),
            ("X-Amz-Expires", "", "X-Amz-Expires should be a number"),
            ("X-Amz-Expires", "%2B5", "X-Amz-Expires should be a number"),
            ("X-Amz-Expires", "-1", "X-Amz-Expires must be non-negative"),
            (
                "X-Amz-Expires", "604801",
                "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less "
                    + "than 604800 seconds"
            ),
            (
                "X-Amz-Expires", "99999999999999999999",
                "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less "
                    + "than 604800 seconds"
            ),
        ]
    )
    func outOfForm(name: String, value: String, message: String) throws {
        let head = try changing(name, to: value)
        let error = Fixture.error { try Fixture.verify(head) }
        #expect(error?.code == "AuthorizationQueryParametersError")
        #expect(error?.message == message)
    }

    @Test("A wrong region tells the right one")
    func wrongRegion() throws {
        let head = try presigned()
        let error = Fixture.error { try Fixture.verify(head, policy: VerificationPolicy(region: "eu-west-1")) }
        #expect(error?.code == "AuthorizationQueryParametersError")
        #expect(error?.message.hasSuffix("; the region 'us-east-1' is wrong; expecting 'eu-west-1'") == true)
        #expect(error?.detail("Region") == "eu-west-1")
    }

    @Test("A URL lives to its last second", arguments: [0, 1, 604_800] as [Int64])
    func lifetime(seconds: Int64) throws {
        let head = try presigned(lifetime: seconds)
        let last = Fixture.now.advanced(bySeconds: seconds)
        try Fixture.verify(head, now: last)
        let now = last.advanced(bySeconds: 1)
        let error = Fixture.error { try Fixture.verify(head, now: now) }
        #expect(error?.message == "Request has expired")
        #expect(error?.status == 403)
        #expect(error?.details.map(\.name) == ["X-Amz-Expires", "Expires", "ServerTime"])
        #expect(error?.details.map(\.value) == ["\(seconds)", last.iso8601, now.iso8601])
    }

    @Test("The signer makes no URL that could not be used", arguments: [-1, 604_801] as [Int64])
    func signerBounds(seconds: Int64) {
        #expect(Fixture.error { _ = try presigned(lifetime: seconds) } != nil)
    }

    @Test("A URL of the future is not valid yet")
    func future() throws {
        let head = try presigned(lifetime: 7_200)
        try Fixture.verify(head, now: Fixture.now.advanced(bySeconds: -900))
        let error = Fixture.error { try Fixture.verify(head, now: Fixture.now.advanced(bySeconds: -901)) }
        #expect(error?.message == "Request is not valid yet")
    }

    @Test("An x-amz header that the URL does not cover is refused")
    func extraHeader() throws {
        let head = try presigned("PUT", unsigned: [("x-amz-meta-a", "1"), ("Content-Type", "a/b")])
        #expect(Fixture.error { try Fixture.verify(head) }?.detail("HeadersNotSigned") == "x-amz-meta-a")
        try Fixture.verify(try presigned("PUT", unsigned: [("Content-Type", "a/b")]))
    }

    @Test("The order of the parameters does not matter, their bytes do")
    func order() throws {
        let head = try presigned("GET", "/bucket/k?versionId=1")
        let pieces = (head.target.rawQuery ?? "").split(separator: "&").map(String.init)
        let fields = [("Host", "localhost:9000")]
        try Fixture.verify(try Fixture.head("GET", "/bucket/k?" + pieces.reversed().joined(separator: "&"), fields))
        let more = try Fixture.head("GET", "/bucket/k?a=1&" + pieces.joined(separator: "&"), fields)
        #expect(Fixture.error { try Fixture.verify(more) }?.code == "SignatureDoesNotMatch")
        let asHead = RequestHead(method: "HEAD", target: head.target, headers: head.headers)
        #expect(Fixture.error { try Fixture.verify(asHead) }?.code == "SignatureDoesNotMatch")
    }

    @Test("x-amz parameters count as headers, checksum ones do not")
    func hoistedHeaders() throws {
        let head = try presigned(
            "PUT",
            "/bucket/k?x-amz-acl=private&X-Amz-Meta-A=a+b&x-amz-checksum-crc32=AAAAAA%3D%3D"
                + "&x-amz-sdk-checksum-algorithm=CRC32&x-id=PutObject"
        )
        try Fixture.verify(head)
        let fields = head.target.amzHeaders.fields
        #expect(fields.map(\.name).sorted() == ["x-amz-acl", "x-amz-meta-a"])
        #expect(head.target.amzHeaders["x-amz-meta-a"] == "a b")
    }

    @Test("A name both in the query and as a header does not match")
    func repeatedName() throws {
        let head = try presigned("PUT", "/bucket/k?x-amz-acl=private", signed: [("x-amz-acl", "private")])
        let error = Fixture.error { try Fixture.verify(head) }
        #expect(error?.code == "SignatureDoesNotMatch")
        #expect(error?.reason?.contains("x-amz-acl came both") == true)
    }

    @Test("The payload is any, or what the query or a header says")
    func payload() throws {
        #expect(try Fixture.verify(try presigned()).payload == .unsigned)
        let digest = PayloadMode.exact(Fixture.emptyHash)
        #expect(try Fixture.verify(try presigned("PUT", payload: digest)).payload == digest)
    }

    @Test("A streaming upload by URL needs its headers signed")
    func streaming() throws {
        let kind = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
        let head = try presigned(
            "PUT",
            unsigned: [("x-amz-content-sha256", kind), ("x-amz-decoded-content-length", "5")]
        )
        let names = Fixture.error { try Fixture.verify(head) }?.detail("HeadersNotSigned")
        #expect(names == "x-amz-content-sha256, x-amz-decoded-content-length")

        let fields = [
            ("Host", "localhost:9000"), ("x-amz-content-sha256", kind), ("x-amz-decoded-content-length", "5"),
        ]
        let plain = try Fixture.head("PUT", "/bucket/k", fields)
        let mode = PayloadMode.streaming(.unsignedTrailer)
        let query = try Fixture.signer.presign(plain, lifetime: 60, at: Fixture.now, payload: mode)
        #expect(try Fixture.verify(try Fixture.head("PUT", "/bucket/k?\(query)", fields)).payload == mode)
    }

    @Test("Line breaks in a parameter do not reach the reason")
    func reasonIsOneLine() throws {
        let head = try changing("X-Amz-SignedHeaders", to: "host%3Ba%0D%0AX-Evil:%201")
        let reason = Fixture.error { try Fixture.verify(head) }?.reason
        #expect(reason?.contains("host;a??X-Evil: 1") == true)
    }
}
