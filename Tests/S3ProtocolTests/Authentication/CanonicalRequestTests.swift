import S3Protocol
import Testing

@Suite("Canonical request")
struct CanonicalRequestTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var method = "GET"
        var target = "/"
        var headers: [(String, String)] = []
        var canonical: String
        var signature: String

        var testDescription: String { name }
    }

    static let suite: [Case] = [
        Case(
            name: "repeated header",
            headers: [("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1")],
            canonical: "my-header1:value2,value2,value1\n",
            signature: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"
        ),
        Case(
            name: "folded header",
            headers: [("My-Header1", "value1\r\n  value2\r\n     value3")],
            canonical: "my-header1:value1 value2 value3\n",
            signature: "cfd34249e4b1c8d6b91ef74165d41a32e5fab3306300901bb65a51a73575eefd"
        ),
        Case(
            name: "repeated header keeps its order",
            headers: ["value4", "value1", "value3", "value2"].map { ("My-Header1", $0) },
            canonical: "my-header1:value4,value1,value3,value2\n",
            signature: "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"
        ),
        Case(
            name: "blanks",
            headers: [("My-Header1", " value1"), ("My-Header2", #" "a   b   c""#)],
            canonical: "my-header1:value1\nmy-header2:\"a b c\"\n",
            signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"
        ),
        Case(
            name: "query order",
            target: "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
            canonical: "\n%E1%88%B4=Value1&Param=Value2&Param-3=Value3\n",
            signature: "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac"
        ),
        Case(
            name: "double slash",
            target: "//",
            canonical: "GET\n//\n",
            signature: "c88bcd3d312d75078c0cd961d6deae3f4c754924b01669efcfcb439fd5e5b76e"
        ),
        Case(
            name: "blank in the path",
            target: "/example space/",
            canonical: "GET\n/example%20space/\n",
            signature: "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"
        ),
        Case(
            name: "Ethiopic in the path",
            target: "/\u{1234}",
            canonical: "GET\n/%E1%88%B4\n",
            signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"
        ),
        Case(
            name: "token added after signing",
            method: "POST",
            canonical: "POST\n/\n\n",
            signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
        ),
    ]

    @Test("The general signing suite agrees", arguments: suite)
    func generalSuite(example: Case) throws {
        let scope = CredentialScope(date: "20150830", region: "us-east-1", service: "service")
        let fields = [("Host", "example.amazonaws.com"), ("X-Amz-Date", "20150830T123600Z")] + example.headers
        let names = SignedHeaderNames(names: fields.map { ByteText.lowercasedASCII($0.0) })
        let canonical = try CanonicalRequest(
            SigV4Fixture.head(example.method, example.target, fields),
            signedHeaders: names,
            payloadHash: SigV4Fixture.emptyHash
        )
        #expect(canonical.text.contains(example.canonical))
        let text = StringToSign(date: "20150830T123600Z", scope: scope, canonicalRequest: canonical)
        let secret = SigningSecret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
        #expect(SigningKey(secret: secret, scope: scope).signature(of: text.bytes) == example.signature)
    }

    @Test(
        "A path is encoded once and not cleaned",
        arguments: [
            ("/", "/"), ("/a//b/./../c/", "/a//b/./../c/"), ("/a+b", "/a%2Bb"), ("/a%2bb", "/a%2Bb"),
            ("/*'()!", "/%2A%27%28%29%21"), ("/%7e%2d", "/~-"), ("/a%2Fb", "/a/b"), ("/%25", "/%25"),
        ]
    )
    func path(raw: String, canonical: String) throws {
        #expect(try CanonicalRequest.path(raw) == canonical)
    }

    @Test("A path that cannot be read is refused", arguments: ["/%", "/%2", "/%zz", "/%ff", "/a%C3"])
    func badPath(raw: String) {
        #expect(SigV4Fixture.error { _ = try CanonicalRequest.path(raw) }?.code == "InvalidURI")
    }

    @Test(
        "A query is encoded and sorted",
        arguments: [
            ("/?delete", "delete="), ("/?delete=", "delete="), ("/?b=2&a=1", "a=1&b=2"),
            ("/?a=b;c=d", "a=b%3Bc%3Dd"), ("/?a=+%2B", "a=%20%2B"), ("/?a/b=c/d", "a%2Fb=c%2Fd"),
            ("/?x-id=PutObject&A=1", "A=1&x-id=PutObject"), ("/?&&a", "a="), ("/", ""), ("/?", ""),
            ("/?a=2&a=10&a-b=1", "a=10&a=2&a-b=1"),
        ]
    )
    func query(target: String, canonical: String) throws {
        #expect(CanonicalRequest.query(try RequestTarget(target).parameters) == canonical)
    }

    @Test("A signed header that was not sent has an empty value")
    func absentHeader() {
        let text = CanonicalRequest.headers(HeaderList([("Host", "[::1]:9000")]), SignedHeaderNames("host;range"))
        #expect(text == "host:[::1]:9000\nrange:\n")
    }

    @Test("Repeated fields are one line in their order, and a name listed twice is there twice")
    func repeatedFields() {
        let headers = HeaderList([("X-B", " 2  3 "), ("a", "1"), ("x-b", "4"), ("X-B-c", "5"), ("unsigned", "6")])
        let text = CanonicalRequest.headers(headers, SignedHeaderNames("x-b;x-b-c;A;x-b;missing"))
        #expect(text == "a:1\nmissing:\nx-b:2 3,4\nx-b:2 3,4\nx-b-c:5\n")
    }

    @Test("The list of signed headers stands as sent while the lines are sorted")
    func unsortedList() throws {
        let head = try SigV4Fixture.head("GET", "/", [("b", "2"), ("A", "1")])
        let request = try CanonicalRequest(head, signedHeaders: SignedHeaderNames("b;a"), payloadHash: "x")
        #expect(request.text == "GET\n/\n\na:1\nb:2\n\nb;a\nx")
    }
}
