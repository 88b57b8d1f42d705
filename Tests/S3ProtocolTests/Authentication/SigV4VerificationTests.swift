import S3Protocol
import Testing

@Suite("Verification of the header form")
struct SigV4VerificationTests {
    private typealias Fixture = SigV4Fixture

    /// The signed head with one header changed or, for nil, dropped.
    private func changing(_ head: RequestHead, _ name: String, to value: String?) throws -> RequestHead {
        let kept = head.headers.fields.filter { ByteText.lowercasedASCII($0.name) != name }.map { ($0.name, $0.value) }
        return try Fixture.head(head.method, "/bucket/k", kept + (value.map { [(name, $0)] } ?? []))
    }

    @Test("A request may be fifteen minutes off and no more", arguments: [-900, -1, 0, 900] as [Int64])
    func withinSkew(seconds: Int64) throws {
        try Fixture.verify(try Fixture.signedHead(), now: Fixture.now.advanced(bySeconds: seconds))
    }

    @Test("A clock sixteen minutes off is refused with both times", arguments: [-960, -901, 901, 960] as [Int64])
    func beyondSkew(seconds: Int64) throws {
        let head = try Fixture.signedHead()
        let now = Fixture.now.advanced(bySeconds: seconds)
        let error = Fixture.error { try Fixture.verify(head, now: now) }
        #expect(error?.code == "RequestTimeTooSkewed")
        #expect(error?.status == 403)
        #expect(error?.details.map(\.value) == ["20130524T000000Z", now.iso8601, "900000"])
    }

    @Test("A date is required and has to be readable", arguments: [nil, "yesterday", "20130524"])
    func noDate(value: String?) throws {
        let head = try changing(try Fixture.signedHead(), "x-amz-date", to: value)
        let error = Fixture.error { try Fixture.verify(head) }
        #expect(error?.message == "AWS authentication requires a valid Date or x-amz-date header")
        #expect(error?.status == 403)
    }

    @Test("The Date header serves where x-amz-date is missing")
    func dateHeader() throws {
        let plain = try Fixture.head(
            "GET",
            "/bucket/k",
            [
                ("Host", "h"), ("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
            ]
        )
        let names = SignedHeaderNames("date;host;x-amz-content-sha256")
        let canonical = try CanonicalRequest(plain, signedHeaders: names, payloadHash: "UNSIGNED-PAYLOAD")
        let text = StringToSign(date: "20130524T000000Z", scope: Fixture.scope, canonicalRequest: canonical)
        let signature = SigningKey(secret: Fixture.secret, scope: Fixture.scope).signature(of: text.bytes)
        let credential = Credential(accessKeyID: "A", scope: Fixture.scope).text
        let head = try changing(
            plain,
            "authorization",
            to: "AWS4-HMAC-SHA256 Credential=\(credential),SignedHeaders=\(names.text),Signature=\(signature)"
        )
        #expect(try Fixture.verify(head).payload == .unsigned)
    }

    @Test("The date of the credential is that of the request")
    func credentialDate() throws {
        let head = try changing(try Fixture.signedHead(), "x-amz-date", to: "20130525T000000Z")
        let message =
            "The authorization header is malformed; Invalid credential date. Date is not the same as X-Amz-Date."
        #expect(Fixture.error { try Fixture.verify(head) }?.message == message)
    }

    @Test("A wrong region tells the right one")
    func wrongRegion() throws {
        let head = try Fixture.signedHead()
        let error = Fixture.error { try Fixture.verify(head, policy: VerificationPolicy(region: "eu-west-1")) }
        #expect(error?.code == "AuthorizationHeaderMalformed")
        #expect(
            error?.message
                == "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'"
        )
        #expect(error?.detail("Region") == "eu-west-1")
        #expect(error?.headers == [S3Error.Field("x-amz-bucket-region", "eu-west-1")])
        try Fixture.verify(head, policy: VerificationPolicy(region: "eu-west-1", alsoAcceptedRegions: ["us-east-1"]))
    }

    @Test("Every x-amz header and the host have to be signed")
    func unsignedHeaders() throws {
        let head = try Fixture.signedHead(
            unsigned: [("X-Amz-Meta-A", "1"), ("x-amz-acl", "private"), ("x-amz-meta-a", "2"), ("Content-Type", "a/b")]
        )
        let error = Fixture.error { try Fixture.verify(head) }
        #expect(error?.message == "There were headers present in the request which were not signed")
        #expect(error?.detail("HeadersNotSigned") == "x-amz-meta-a, x-amz-acl")

        let hostless = try Fixture.head("GET", "/", [])
        let signed = try Fixture.signer.sign(hostless, payload: .unsigned, at: Fixture.now)
        let request = RequestHead(method: "GET", target: hostless.target, headers: signed.headers)
        #expect(Fixture.error { try Fixture.verify(request) }?.detail("HeadersNotSigned") == "host")
    }

    @Test("Headers outside x-amz may come unsigned")
    func extraHeaders() throws {
        try Fixture.verify(try Fixture.signedHead(unsigned: [("Range", "bytes=0-1"), ("Content-MD5", "x")]))
    }

    @Test("The payload hash header is required")
    func missingPayloadHash() throws {
        let head = try changing(try Fixture.signedHead(), "x-amz-content-sha256", to: nil)
        let message = "Missing required header for this request: x-amz-content-sha256"
        #expect(Fixture.error { try Fixture.verify(head) }?.message == message)
    }

    @Test("A mismatch tells what was compared, and nothing secret")
    func mismatch() throws {
        let head = try changing(try Fixture.signedHead(), "host", to: "proxy:80")
        let error = Fixture.error { try Fixture.verify(head) }
        #expect(error?.code == "SignatureDoesNotMatch")
        #expect(error?.status == 403)
        #expect(
            error?.details.map(\.name) == [
                "AWSAccessKeyId", "StringToSign", "SignatureProvided", "StringToSignBytes", "CanonicalRequest",
                "CanonicalRequestBytes",
            ]
        )
        #expect(error?.detail("StringToSignBytes")?.hasPrefix("41 57 53 34 2d") == true)
        #expect(error?.detail("CanonicalRequest")?.contains("host:proxy:80\n") == true)
        #expect(error?.reason?.contains("host 'proxy:80'") == true)

        guard
            case .mismatch(let kept) = try Fixture.v4(head).compare(
                secret: Fixture.secret,
                now: Fixture.now,
                policy: VerificationPolicy()
            )
        else {
            Issue.record("matched")
            return
        }
        #expect(kept.host == "proxy:80")
        #expect(kept.canonicalRequest?.text == error?.detail("CanonicalRequest"))
    }

    @Test("Nothing that is signed may change", arguments: ["/bucket/k2", "/bucket/k?a", "/bucket//k", "/bucket/k%"])
    func changedTarget(target: String) throws {
        let fields = try Fixture.signedHead().headers.fields.map { ($0.name, $0.value) }
        let head = try Fixture.head("GET", target, fields)
        #expect(Fixture.error { try Fixture.verify(head) } != nil)
        let put = try Fixture.head("PUT", "/bucket/k", fields)
        #expect(Fixture.error { try Fixture.verify(put) }?.code == "SignatureDoesNotMatch")
    }

    @Test("A wrong secret does not match")
    func wrongSecret() throws {
        let request = try Fixture.v4(try Fixture.signedHead())
        let error = Fixture.error {
            _ = try request.verify(secret: SigningSecret("x"), now: Fixture.now, policy: VerificationPolicy())
        }
        #expect(error?.code == "SignatureDoesNotMatch")
    }

    @Test(
        "The port, IPv6 hosts and the case of the header name do not matter to verification",
        arguments: ["[::1]:9000", "localhost", "bucket.localhost:9000"]
    )
    func hosts(host: String) throws {
        for name in ["Host", "host", "HOST"] {
            let plain = try Fixture.head("GET", "/k", [(name, host)])
            let signed = try Fixture.signer.sign(plain, payload: .unsigned, at: Fixture.now)
            try Fixture.verify(RequestHead(method: "GET", target: plain.target, headers: signed.headers))
        }
    }

    @Test("The cache keeps proven keys only, within its bound, and notices a new secret")
    func cache() throws {
        let cache = SigningKeyCache(capacity: 2)
        let head = try Fixture.signedHead()
        let forged = try changing(head, "host", to: "x")
        _ = Fixture.error { try Fixture.verify(forged, cache: cache) }
        #expect(cache.count == 0)
        try Fixture.verify(head, cache: cache)
        try Fixture.verify(head, cache: cache)
        #expect(cache.count == 1)
        let rotated = Fixture.error {
            _ = try Fixture.v4(head).verify(
                secret: SigningSecret("new"),
                now: Fixture.now,
                policy: VerificationPolicy(),
                cache: cache
            )
        }
        #expect(rotated?.code == "SignatureDoesNotMatch")
        for region in ["a", "b", "c"] {
            let signer = SigV4Signer(accessKeyID: "A", secret: Fixture.secret, region: region)
            try Fixture.verify(try Fixture.signedHead(signer: signer), cache: cache)
        }
        #expect(cache.count == 2)
        try Fixture.verify(head, cache: cache)
    }
}
