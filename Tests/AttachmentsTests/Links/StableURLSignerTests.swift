import Attachments
import S3Protocol
import Testing

@Suite struct StableURLSignerTests {
    private let secret = SigningSecret("links")

    private func signer(_ lifetime: Int64) -> StableURLSigner {
        StableURLSigner(accessKeyID: "LINKS", secret: secret, region: "us-east-1", lifetime: lifetime)
    }

    private func url(
        _ key: String = "async_uploads/x/a b+é.jpg",
        lifetime: Int64 = 86_400,
        at now: Timestamp,
        addresses: PublicAddresses = PublicAddresses(server: "http://127.0.0.1:9000")
    ) throws -> String {
        try signer(lifetime).url(
            of: ObjectKey(key),
            in: uploads,
            contentType: "image/jpeg",
            disposition: DownloadDisposition(contentType: "image/jpeg", filename: "a b+é.jpg"),
            at: now,
            addresses: addresses
        )
    }

    private func verify(_ url: String, host: String, at now: Timestamp) throws -> RequestTarget {
        let (scheme, rest) = (url.prefix { $0 != "/" } + "//", url.drop { $0 != "/" }.dropFirst(2))
        #expect(["http://", "https://"].contains(scheme) && rest.hasPrefix(host))
        let target = try RequestTarget(rest.dropFirst(host.count))
        let head = RequestHead(method: "GET", target: target, headers: HeaderList([("Host", host)]))
        guard case .v4Query(let request) = try AuthenticationScheme.detect(head) else {
            Issue.record("not presigned")
            return target
        }
        _ = try request.verify(secret: secret, now: now, policy: VerificationPolicy())
        return target
    }

    @Test(arguments: [4, 7, 100, 3_600, 86_400, 483_840, 1_000_000] as [Int64])
    func `a link is the same within its window and works for a lifetime from any moment of it`(lifetime: Int64) throws {
        let window = signer(lifetime).window
        let kept = min(lifetime, StableURLSigner.maximumLifetime)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<10 {
            let start = Int64.random(in: 1...2_000_000_000, using: &generator) / window * window
            let offset = Int64.random(in: 0..<window, using: &generator)
            let now = Timestamp(seconds: start + offset)
            let link = try url(lifetime: lifetime, at: now)
            #expect(try link == url(lifetime: lifetime, at: Timestamp(seconds: start)))
            #expect(
                try link == url(lifetime: lifetime, at: Timestamp(nanoseconds: (start + window) * 1_000_000_000 - 1))
            )
            #expect(try link != url(lifetime: lifetime, at: Timestamp(seconds: start + window)))
            let last = now.advanced(bySeconds: kept)
            let target = try verify(link, host: "127.0.0.1:9000", at: last)
            let expires = Int64(target["X-Amz-Expires"]!)!
            #expect(expires == kept + window && expires <= 604_800)
            #expect(throws: S3Error.self) {
                try verify(link, host: "127.0.0.1:9000", at: Timestamp(seconds: start + expires + 1))
            }
        }
    }

    @Test func `the answer to a link has type, name and a caching time within the link's own`() throws {
        let now = Timestamp(seconds: 1_000_000)
        let target = try verify(url(at: now), host: "127.0.0.1:9000", at: now)
        #expect(target.rawPath == "/uploads/async_uploads/x/a%20b%2B%C3%A9.jpg")
        #expect(target["response-content-type"] == "image/jpeg")
        #expect(target["response-cache-control"] == "private, max-age=86400")
        #expect(
            target["response-content-disposition"]
                == "inline; filename=\"a b+_.jpg\"; filename*=UTF-8''a%20b%2B%C3%A9.jpg"
        )
    }

    @Test func `a bucket with a host of its own is addressed by it`() throws {
        let now = Timestamp(seconds: 1_000_000)
        let addresses = PublicAddresses(
            server: "https://larder.example.com:443/",
            buckets: [uploads: "https://uploads.example.com/"]
        )
        let link = try url("a/b.jpg", at: now, addresses: addresses)
        #expect(link.hasPrefix("https://uploads.example.com/a/b.jpg?"))
        _ = try verify(link, host: "uploads.example.com", at: now)
        #expect(addresses.url(of: uploads) == "https://uploads.example.com")
        let other = PublicAddresses(server: "https://larder.example.com:443/")
        #expect(other.url(of: uploads) == "https://larder.example.com/uploads")
        let plain = try url("a/b.jpg", at: now, addresses: other)
        _ = try verify(plain, host: "larder.example.com", at: now)
    }

    @Test(
        arguments: [
            ("photo.jpg", "image/jpeg", #"inline; filename="photo.jpg""#),
            (nil, "image/jpeg", "inline"),
            (nil, "application/zip", "attachment"),
            ("", "image/jpeg", "inline"),
            ("a.svg", "image/svg+xml", #"attachment; filename="a.svg""#),
            ("a.html", "text/html", #"attachment; filename="a.html""#),
            ("a.txt", "text/plain; charset=utf-8", #"inline; filename="a.txt""#),
            ("naïve.pdf", "application/pdf", #"inline; filename="na_ve.pdf"; filename*=UTF-8''na%C3%AFve.pdf"#),
            (#"a"b\c.jpg"#, "image/jpeg", #"inline; filename="a_b_c.jpg"; filename*=UTF-8''a%22b%5Cc.jpg"#),
            ("100%.jpg", "image/jpeg", #"inline; filename="100_.jpg"; filename*=UTF-8''100%25.jpg"#),
            ("a\r\nX: y.jpg", "image/jpeg", #"inline; filename="aX: y.jpg""#),
            ("\u{202E}gpj.exe", "application/x-dosexec", #"attachment; filename="gpj.exe""#),
            ("写真.jpg", "image/jpeg", #"inline; filename="__.jpg"; filename*=UTF-8''%E5%86%99%E7%9C%9F.jpg"#),
            ("😀.gif", "image/gif", #"inline; filename="_.gif"; filename*=UTF-8''%F0%9F%98%80.gif"#),
            ("it's (1).jpg", "image/jpeg", #"inline; filename="it's (1).jpg""#),
        ] as [(String?, String, String)]
    )
    func `names are written for old and new clients`(name: String?, type: String, text: String) {
        #expect(DownloadDisposition(contentType: type, filename: name).text == text)
    }
}
