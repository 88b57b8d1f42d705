import Testing

@testable import S3Protocol

@Suite struct CORSMatchTests {
    static let vary = "Vary: Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
    static let local = CORSConfiguration(rules: [
        CORSRule(
            origins: ["https://localhost:4200"],
            methods: [.get, .put],
            headers: ["x-amz-expected-bucket-owner", "x-AMZ-server-SIDE-encryption", "x-amz-meta-*"],
            maxAge: 3_000
        )
    ])

    static func lines(_ match: CORSMatch?) -> [String]? {
        match?.fields.map { "\($0.name): \($0.value)" }
    }

    @Test func `a preflight is answered with what the rule says`() {
        let match = Self.local.preflight(
            origin: "https://localhost:4200",
            method: "GET",
            headers: "X-Amz-Expected-Bucket-Owner,x-amz-SERVER-side-encryption , x-amz-meta-a"
        )
        #expect(
            Self.lines(match) == [
                "Access-Control-Allow-Origin: https://localhost:4200",
                "Access-Control-Allow-Methods: GET, PUT",
                "Access-Control-Allow-Headers: x-amz-expected-bucket-owner, x-amz-server-side-encryption, x-amz-meta-a",
                "Access-Control-Max-Age: 3000",
                "Access-Control-Allow-Credentials: true",
                Self.vary,
            ]
        )
    }

    @Test func `all origins get an asterisk and no credentials`() {
        let rule = CORSRule(origins: ["*"], methods: [.get], exposed: ["x-amz-id-2", "ETag"])
        let match = CORSConfiguration(rules: [rule]).preflight(origin: "http://a", method: "GET", headers: nil)
        #expect(
            Self.lines(match) == [
                "Access-Control-Allow-Origin: *",
                "Access-Control-Allow-Methods: GET",
                "Access-Control-Expose-Headers: x-amz-id-2, ETag",
                Self.vary,
            ]
        )
    }

    @Test(
        arguments: [
            ("https://localhost:4200", "GET", nil, true),
            ("https://localhost:4200", "GET", "", true),
            ("https://LOCALHOST:4200", "GET", nil, false),
            ("https://localhost:4201", "GET", nil, false),
            ("https://localhost:4200", "get", nil, false),
            ("https://localhost:4200", "POST", nil, false),
            ("https://localhost:4200", "GET", "x-amz-request-payer", false),
            ("https://localhost:4200", "GET", "x-amz-meta-b,x-amz-request-payer", false),
            ("https://localhost:4200", "GET", "x-amz-meta-", true),
        ] as [(String, String, String?, Bool)]
    )
    func `a rule fits origin, method and all headers`(origin: String, method: String, headers: String?, fits: Bool) {
        #expect((Self.local.preflight(origin: origin, method: method, headers: headers) != nil) == fits)
    }

    @Test(arguments: [
        ("http://*.origin.com", "http://test.origin.com", true),
        ("http://*.origin.com", "http://.origin.com", true),
        ("http://*.origin.com", "http://origin.com", false),
        ("http://*.origin.com", "https://test.origin.com", false),
        ("http://a*a", "http://a", false),
        ("http://a*", "http://a", true),
        ("*a", "http://b", false),
        ("", "http://b", false),
    ])
    func `an asterisk stands for any bytes`(pattern: String, origin: String, fits: Bool) {
        let configuration = CORSConfiguration(rules: [CORSRule(origins: [pattern], methods: [.get])])
        let match = configuration.preflight(origin: origin, method: "GET", headers: nil)
        #expect((match != nil) == fits)
        if fits { #expect(match?.allowOrigin == origin) }
    }

    @Test func `the first rule that fits counts`() {
        let configuration = CORSConfiguration(rules: [
            CORSRule(origins: ["http://a"], methods: [.put], maxAge: 1),
            CORSRule(origins: ["*", "http://a"], methods: [.get], maxAge: 2),
            CORSRule(origins: ["http://a"], methods: [.get], maxAge: 3),
        ])
        let match = configuration.preflight(origin: "http://a", method: "GET", headers: nil)
        #expect(match?.maxAge == 2)
        #expect(match?.allowOrigin == "*")
    }

    @Test func `an actual answer names no request headers`() {
        let match = Self.local.actual(
            origin: "https://localhost:4200",
            method: "GET",
            requestedHeaders: "x-amz-meta-a"
        )
        #expect(match?.allowHeaders == nil)
        #expect(Self.lines(match)?.count == 5)
        #expect(Self.local.actual(origin: "https://localhost:4200", method: "DELETE") == nil)
    }

    @Test func `headers of a preflight count on actual requests`() {
        let origin = "https://localhost:4200"
        #expect(Self.local.actual(origin: origin, method: "GET", requestedMethod: "DELETE") == nil)
        #expect(Self.local.actual(origin: origin, method: "GET", requestedHeaders: "x-amz-acl") == nil)
        #expect(Self.local.actual(origin: origin, method: "GET", requestedMethod: "PUT") != nil)
    }

    @Test func `an open configuration lets uploads through`() {
        let open = CORSConfiguration.open(to: ["https://app.test"])
        let match = open.preflight(origin: "https://app.test", method: "POST", headers: "content-type, x-any")
        #expect(match?.allowHeaders == "content-type, x-any")
        #expect(match?.exposeHeaders == "ETag, Location, x-amz-request-id, x-amz-version-id, Content-Range")
        #expect(open.preflight(origin: "https://other.test", method: "POST", headers: nil) == nil)
        #expect(CORSConfiguration.open(to: []).preflight(origin: "a", method: "GET", headers: nil) == nil)
    }
}
