import Gateway
import NIOHTTP1
import S3Protocol
import Testing

@Suite struct S3SurfaceTests {
    @Test func `stores, reads, heads and deletes an object with its headers and metadata`() async throws {
        try await TestGateway.run { gateway in
            let put = try await gateway.send(
                "PUT",
                "/uploads/a/b.txt",
                headers: [
                    ("Content-Type", "text/plain"), ("Cache-Control", "no-cache"), ("x-amz-meta-Name", " Bob "),
                    ("x-amz-tagging", "k=v&l=w"),
                ],
                body: "hello"
            )
            #expect(put.status == 200 && put.headers["ETag"] == ["\"5d41402abc4b2a76b9719d911017c592\""])
            #expect(put.headers["x-amz-checksum-crc64nvme"].count == 1)
            let get = try await gateway.send("GET", "/uploads/a/b.txt")
            #expect(get.status == 200 && get.body == "hello")
            #expect(get.headers["Content-Type"] == ["text/plain"] && get.headers["Cache-Control"] == ["no-cache"])
            #expect(get.headers["x-amz-meta-name"] == ["Bob"] && get.headers["x-amz-tagging-count"] == ["2"])
            #expect(get.headers["Last-Modified"] == ["Tue, 14 Nov 2023 22:13:20 GMT"])
            let head = try await gateway.send("HEAD", "/uploads/a/b.txt")
            #expect(head.status == 200 && head.body.isEmpty && head.headers["ETag"] == put.headers["ETag"])
            #expect(try await gateway.send("DELETE", "/uploads/a/b.txt").status == 204)
            #expect(try await gateway.send("DELETE", "/uploads/a/b.txt").status == 204)
            let gone = try await gateway.send("GET", "/uploads/a/b.txt")
            #expect(gone.status == 404 && gone.element("Code") == "NoSuchKey" && gone.element("Key") == "a/b.txt")
        }
    }

    @Test(
        arguments: [
            ("bytes=0-1", 206, "he", "bytes 0-1/5"), ("bytes=-2", 206, "lo", "bytes 3-4/5"),
            ("bytes=3-", 206, "lo", "bytes 3-4/5"), ("bytes=0-99", 206, "hello", "bytes 0-4/5"),
            ("bytes=0-1,3-4", 200, "hello", nil), ("lines=1-2", 200, "hello", nil), ("bytes=9-", 416, nil, "bytes */5"),
        ] as [(String, Int, String?, String?)]
    )
    func `answers ranges as S3 does`(range: String, status: Int, body: String?, contentRange: String?) async throws {
        try await TestGateway.run { gateway in
            _ = try await gateway.send("PUT", "/uploads/k", body: "hello")
            let answer = try await gateway.send("GET", "/uploads/k", headers: [("Range", range)])
            #expect(answer.status == status && answer.headers.first(name: "Content-Range") == contentRange)
            if let body { #expect(answer.body == body) } else { #expect(answer.element("Code") == "InvalidRange") }
        }
    }

    @Test func `conditional reads and writes hold`() async throws {
        try await TestGateway.run { gateway in
            let etag = try await gateway.send("PUT", "/uploads/k", body: "hello").headers.first(name: "ETag") ?? ""
            let unchanged = try await gateway.send("GET", "/uploads/k", headers: [("If-None-Match", etag)])
            #expect(unchanged.status == 304 && unchanged.body.isEmpty && unchanged.headers["ETag"] == [etag])
            #expect(try await gateway.send("GET", "/uploads/k", headers: [("If-Match", "\"x\"")]).status == 412)
            let again = try await gateway.send("PUT", "/uploads/k", headers: [("If-None-Match", "*")], body: "other")
            #expect(again.status == 412 && again.element("Condition") == "If-None-Match")
            #expect(try await gateway.send("GET", "/uploads/k").body == "hello")
            #expect(
                try await gateway.send("PUT", "/uploads/k", headers: [("If-Match", etag)], body: "new").status == 200
            )
            #expect(try await gateway.send("DELETE", "/uploads/k", headers: [("If-Match", etag)]).status == 412)
        }
    }

    @Test(arguments: [
        ("GET", "/uploads/k?torrent"), ("POST", "/uploads/k?restore"), ("POST", "/uploads/k?select&select-type=2"),
        ("PUT", "/uploads/k?encryption"), ("GET", "/uploads?session"), ("PUT", "/uploads?abac"),
        ("DELETE", "/uploads?metadataTable"),
    ])
    func `what is not implemented says so and touches nothing`(method: String, target: String) async throws {
        try await TestGateway.run { gateway in
            _ = try await gateway.send("PUT", "/uploads/k", body: "hello")
            let answer = try await gateway.send(method, target, body: "<x/>")
            #expect(answer.status == 501 && answer.element("Code") == "NotImplemented")
            #expect(try await gateway.send("GET", "/uploads/k").body == "hello")
        }
    }

    @Test(arguments: [
        "x-amz-server-side-encryption", "x-amz-server-side-encryption-customer-algorithm", "x-amz-write-offset-bytes",
    ])
    func `a header that is not honoured is refused, not ignored`(name: String) async throws {
        try await TestGateway.run { gateway in
            let answer = try await gateway.send("PUT", "/uploads/k", headers: [(name, "AES256")], body: "x")
            #expect(answer.status == 501 && answer.element("Header") == name)
            #expect(try await gateway.send("GET", "/uploads/k").status == 404)
        }
    }

    @Test(arguments: [
        ("GET", "x-amz-server-side-encryption-customer-algorithm", "AES256", 501),
        ("DELETE", "x-amz-bypass-governance-retention", "true", 400),
        ("GET", "x-amz-expected-bucket-owner", "x", 400), ("GET", "x-amz-expected-bucket-owner", "111122223333", 403),
        ("GET", "x-amz-expected-bucket-owner", "000000000000", 404),
    ])
    func `a condition that cannot be honoured is refused`(
        method: String,
        name: String,
        value: String,
        status: Int
    ) async throws {
        try await TestGateway.run { gateway in
            let answer = try await gateway.send(method, "/uploads/k", headers: [(name, value)])
            #expect(answer.status == status, "\(answer.body)")
        }
    }

    @Test func `a metadata name from the query cannot hold a line break`() async throws {
        try await TestGateway.run { gateway in
            let answer = try await gateway.send("PUT", "/uploads/k?x-amz-meta-a%0D%0Ab=v", body: "x")
            #expect(answer.status == 400 && answer.element("Code") == "InvalidArgument")
        }
    }

    @Test func `the document of CreateBucket is held against its digests`() async throws {
        try await TestGateway.run { gateway in
            let answer = try await gateway.send(
                "PUT",
                "/second",
                headers: [("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==")],
                body: "<CreateBucketConfiguration/>"
            )
            #expect(answer.status == 400 && answer.element("Code") == "BadDigest")
            #expect(try await gateway.send("HEAD", "/second").status == 404)
        }
    }

    @Test func `errors carry their ids, their reason and S3's order of checks`() async throws {
        try await TestGateway.run { gateway in
            let unsigned = try await gateway.send("GET", "/uploads/k", isSigned: false)
            #expect(unsigned.status == 403 && unsigned.element("Code") == "AccessDenied")
            #expect(unsigned.headers["x-larder-error"] == ["AccessDenied"])
            #expect(unsigned.headers.first(name: "x-larder-reason")?.isEmpty == false)
            #expect(unsigned.element("RequestId")?.utf8.count == 16)
            #expect(try await gateway.send("GET", "/nowhere/k").element("Code") == "NoSuchBucket")
            let head = try await gateway.send("HEAD", "/nowhere/k")
            #expect(head.status == 404 && head.body.isEmpty && head.headers["x-larder-error"] == ["NoSuchBucket"])
            #expect(try await gateway.send("PUT", "/api").element("Code") == "InvalidBucketName")
            #expect(try await gateway.send("PATCH", "/uploads/k").status == 405)
        }
    }

    @Test func `styles can be read and not written from outside`() async throws {
        try await TestGateway.run { gateway in
            for (method, target) in [("PUT", "/uploads/styles/1/x.webp"), ("DELETE", "/uploads/styles/1/x.webp")] {
                let answer = try await gateway.send(method, target, body: "x")
                #expect(answer.status == 403 && answer.element("Code") == "AccessDenied")
            }
            #expect(try await gateway.send("GET", "/uploads/styles/1/x.webp").status == 404)
            #expect(try await gateway.send("PUT", "/other-bucket").status == 200)
            #expect(try await gateway.send("PUT", "/other-bucket/styles/1/x.webp", body: "x").status == 200)
        }
    }

    @Test func `buckets are made, listed, found and removed`() async throws {
        try await TestGateway.run { gateway in
            #expect(try await gateway.send("PUT", "/second").headers["Location"] == ["/second"])
            #expect(try await gateway.send("PUT", "/second").status == 200)
            #expect(try await gateway.send("HEAD", "/second").headers["x-amz-bucket-region"] == ["us-east-1"])
            let list = try await gateway.send("GET", "/")
            #expect(list.body.contains("<Name>second</Name>") && list.body.contains("<Name>uploads</Name>"))
            #expect(try await gateway.send("GET", "/second?location").body.contains("LocationConstraint"))
            _ = try await gateway.send("PUT", "/second/k", body: "x")
            #expect(try await gateway.send("DELETE", "/second").element("Code") == "BucketNotEmpty")
            _ = try await gateway.send("DELETE", "/second/k")
            #expect(try await gateway.send("DELETE", "/second").status == 204)
            #expect(try await gateway.send("HEAD", "/second").status == 404)
            let error = await #expect(throws: S3Error.self) { _ = try await gateway.send("PUT", "/Bad_Name") }
            #expect(error?.code == "InvalidBucketName")
        }
    }

    @Test func `every awkward key has a place of its own, by path, host and custom host`() async throws {
        let keys = ["a", "a/", "a/b", "a//b", "a/../b", "./a", "a%2Fb", "é", "e\u{301}", "+ +", "x\u{1}y"]
        try await TestGateway.run { gateway in
            for key in keys {
                let path = PercentEncoding.encode(key, keepingSlash: true)
                #expect(try await gateway.send("PUT", "/uploads/" + path, body: key).status == 200, "\(key)")
            }
            for key in keys {
                let path = PercentEncoding.encode(key, keepingSlash: true)
                #expect(try await gateway.send("GET", "/uploads/" + path).body == key)
                #expect(try await gateway.send("GET", "/" + path, host: "uploads.s3.test").body == key)
                #expect(try await gateway.send("GET", "/" + path, host: "files.test:80").body == key)
            }
            let list = try await gateway.send("GET", "/uploads?list-type=2&encoding-type=url")
            #expect(list.element("KeyCount") == "\(keys.count)")
        }
    }

    @Test func `lists with prefix, delimiter and pages`() async throws {
        try await TestGateway.run { gateway in
            for key in ["a/1", "a/2", "b", "c/1", "c/2/3"] {
                _ = try await gateway.send("PUT", "/uploads/\(key)", body: "x")
            }
            let first = try await gateway.send("GET", "/uploads?list-type=2&delimiter=/&max-keys=2")
            #expect(first.body.contains("<Prefix>a/</Prefix>") && first.body.contains("<Key>b</Key>"))
            #expect(first.element("IsTruncated") == "true")
            let token = PercentEncoding.encode(first.element("NextContinuationToken") ?? "", keepingSlash: false)
            let second = try await gateway.send("GET", "/uploads?list-type=2&delimiter=/&continuation-token=\(token)")
            #expect(second.body.contains("<Prefix>c/</Prefix>") && second.element("KeyCount") == "1")
            let version1 = try await gateway.send("GET", "/uploads?prefix=c/")
            #expect(version1.body.contains("<Key>c/1</Key>") && version1.body.contains("<Key>c/2/3</Key>"))
        }
    }

    @Test func `pages of allowed origins may read answers, refusals included`() async throws {
        try await TestGateway.run { gateway in
            let origin = ("Origin", "https://app.test")
            let preflight = try await gateway.send(
                "OPTIONS",
                "/uploads",
                headers: [origin, ("Access-Control-Request-Method", "POST")],
                isSigned: false
            )
            #expect(preflight.status == 200 && preflight.headers["Access-Control-Allow-Origin"] == ["https://app.test"])
            let refused = try await gateway.send("GET", "/uploads/k", headers: [origin], isSigned: false)
            #expect(refused.status == 403 && refused.headers["Access-Control-Allow-Origin"] == ["https://app.test"])
            let elsewhere = try await gateway.send(
                "OPTIONS",
                "/uploads",
                headers: [("Origin", "https://evil.test"), ("Access-Control-Request-Method", "POST")],
                isSigned: false
            )
            #expect(elsewhere.status == 403 && elsewhere.element("Code") == "AccessForbidden")
        }
    }

    @Test(arguments: [(3600, "private, max-age=600"), (300, "private, max-age=300")])
    func `a cache may not hold an answer longer than its URL works`(age: Int, expected: String) async throws {
        try await TestGateway.run { gateway in
            _ = try await gateway.send("PUT", "/uploads/k", body: "hello")
            let head = RequestHead(
                method: "GET",
                target: try RequestTarget("/uploads/k?response-cache-control=private%2C%20max-age%3D\(age)"),
                headers: HeaderList([("Host", "localhost")])
            )
            let signer = SigV4Signer(
                accessKeyID: TestGateway.accessKey,
                secret: TestGateway.secret,
                region: "us-east-1"
            )
            let query = try signer.presign(head, lifetime: 1000, at: TestGateway.now.advanced(bySeconds: -400))
            let answer = try await gateway.send(
                RequestHead(method: "GET", target: try RequestTarget("/uploads/k?\(query)"), headers: head.headers)
            )
            #expect(answer.status == 200 && answer.headers["Cache-Control"] == [expected])
        }
    }
}
