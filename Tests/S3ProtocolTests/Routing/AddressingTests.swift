import S3Protocol
import Testing

@Suite struct AddressingTests {
    static func address(_ target: String, host: String?) throws -> Address {
        let addressing = Addressing(
            baseDomains: ["s3.example.com", "example.com", "localhost"],
            customHosts: ["Files.Example.Org": try BucketName("files")]
        )
        let headers = HeaderList(host.map { [("Host", $0)] } ?? [])
        return try addressing.resolve(RequestHead(method: "GET", target: RequestTarget(target), headers: headers))
    }

    @Test(
        arguments: [
            ("/", "localhost:9000", .path, nil, nil), ("/buc", "localhost", .path, "buc", nil),
            ("/buc/", "localhost", .path, "buc", nil), ("/buc/k", "127.0.0.1:9000", .path, "buc", "k"),
            ("/buc//k", "[::1]:9000", .path, "buc", "/k"), ("/buc/a//b/", nil, .path, "buc", "a//b/"),
            ("/buc/a/../b", "elsewhere.net", .path, "buc", "a/../b"),
            ("/b%75c/a%2Fb+c", "localhost", .path, "buc", "a/b+c"),
            ("/buc/%2525", "s3.example.com", .path, "buc", "%25"), ("/buc/%00", "example.com", .path, "buc", "\u{0}"),
            ("/", "buc.s3.example.com", .virtualHost, "buc", nil),
            ("/k", "BUC.S3.example.COM:80", .virtualHost, "buc", "k"),
            ("//k", "a.b.example.com.", .virtualHost, "a.b", "/k"),
            ("/buc/k", "buc.localhost:1", .virtualHost, "buc", "buc/k"),
            ("/-/health", "files.example.org:8080", .customHost, "files", "-/health"),
            ("/", "files.example.org", .customHost, "files", nil),
        ] as [(String, String?, Address.Style, String?, String?)]
    )
    func `host and path name bucket and key`(
        target: String,
        host: String?,
        style: Address.Style,
        bucket: String?,
        key: String?
    ) throws {
        let address = try Self.address(target, host: host)
        #expect(address.style == style)
        #expect(address.bucket?.string == bucket)
        #expect(address.key?.string == key)
        #expect(address.host == host ?? "")
        #expect(address.scope == (bucket == nil ? .service : key == nil ? .bucket : .object))
    }

    @Test(arguments: [
        ("/buc/%", "InvalidURI"), ("/buc/%F", "InvalidURI"), ("/buc/%ff", "InvalidURI"), ("/b%zzc/k", "InvalidURI"),
        ("/AB", "InvalidBucketName"), ("//k", "InvalidBucketName"), ("/a%2Fb/k", "InvalidBucketName"),
        ("/buc/" + String(repeating: "k", count: 1025), "KeyTooLongError"),
    ])
    func `what cannot be named is refused`(target: String, code: String) {
        let error = #expect(throws: S3Error.self) { try Self.address(target, host: "localhost") }
        #expect(error?.code.rawValue == code)
    }

    @Test func `a host that names no valid bucket is refused`() {
        #expect(throws: S3Error.self) { try Self.address("/", host: "a_b.example.com") }
    }

    @Test func `the location repeats how the bucket was addressed`() throws {
        let key = try ObjectKey("a/é b")
        func location(_ target: String, _ host: String?) throws -> String {
            PostLocation(try Self.address(target, host: host), scheme: "http").text(for: key)
        }
        #expect(try location("/buc", "localhost:9000") == "http://localhost:9000/buc/a%2F%C3%A9%20b")
        #expect(try location("/", "buc.example.com") == "http://buc.example.com/a%2F%C3%A9%20b")
        #expect(try location("/", "files.example.org") == "http://files.example.org/a%2F%C3%A9%20b")
    }
}
