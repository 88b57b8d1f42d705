import NIOHTTP1
import S3Protocol
import Testing

@Suite struct BucketCORSTests {
    private static let rules = """
        <CORSConfiguration><CORSRule><AllowedOrigin>https://one.test</AllowedOrigin><AllowedMethod>GET</AllowedMethod>\
        <AllowedMethod>PUT</AllowedMethod><AllowedHeader>x-amz-*</AllowedHeader><ExposeHeader>ETag</ExposeHeader>\
        <MaxAgeSeconds>60</MaxAgeSeconds></CORSRule></CORSConfiguration>
        """
    private static let origin = ("Origin", "https://one.test")
    private static let vary = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"

    private func preflight(
        _ gateway: TestGateway,
        _ target: String,
        _ headers: [(String, String)]
    ) async throws -> TestGateway.Answer {
        try await gateway.send("OPTIONS", target, headers: headers, isSigned: false)
    }

    @Test func `rules that are put take the place of the start-up default, until they are deleted`() async throws {
        try await TestGateway.run { gateway in
            let standard = try await gateway.send("GET", "/uploads?cors")
            #expect(standard.element("AllowedOrigin") == "https://app.test")
            #expect(try await gateway.send("PUT", "/uploads?cors", body: Self.rules).status == 200)
            #expect(try await gateway.send("GET", "/uploads?cors").element("AllowedOrigin") == "https://one.test")
            let method = ("Access-Control-Request-Method", "GET")
            let other = try await preflight(gateway, "/uploads", [("Origin", "https://app.test"), method])
            #expect(other.status == 403)
            #expect(try await gateway.send("DELETE", "/uploads?cors").status == 204)
            #expect(try await preflight(gateway, "/uploads", [("Origin", "https://app.test"), method]).status == 200)
        }
    }

    @Test func `a preflight is answered with all of the first rule that fits`() async throws {
        try await TestGateway.run { gateway in
            _ = try await gateway.send("PUT", "/uploads?cors", body: Self.rules)
            let answer = try await preflight(
                gateway,
                "/uploads/k",
                [
                    Self.origin, ("Access-Control-Request-Method", "PUT"),
                    ("Access-Control-Request-Headers", "X-Amz-Date"), ("Access-Control-Request-Headers", "x-amz-acl"),
                ]
            )
            #expect(answer.status == 200 && answer.body.isEmpty)
            #expect(answer.headers["Access-Control-Allow-Origin"] == ["https://one.test"])
            #expect(answer.headers["Access-Control-Allow-Methods"] == ["GET, PUT"])
            #expect(answer.headers["Access-Control-Allow-Headers"] == ["x-amz-date, x-amz-acl"])
            #expect(answer.headers["Access-Control-Expose-Headers"] == ["ETag"])
            #expect(answer.headers["Access-Control-Max-Age"] == ["60"])
            #expect(answer.headers["Access-Control-Allow-Credentials"] == ["true"])
            #expect(answer.headers["Vary"] == [Self.vary])
        }
    }

    @Test(
        arguments: [
            ("/uploads/k", nil, "PUT", 400, "BadRequest", nil, nil),
            ("/nowhere/k", "https://one.test", nil, 403, "AccessForbidden", "OPTIONS", "BUCKET"),
            ("/second/k", "https://one.test", "PUT", 403, "AccessForbidden", "PUT", "BUCKET"),
            ("/uploads/k", "https://one.test", nil, 400, "BadRequest", nil, nil),
            ("/uploads/k", "https://one.test", "put", 400, "BadRequest", nil, nil),
            ("/uploads/k", "https://one.test", "DELETE", 403, "AccessForbidden", "DELETE", "OBJECT"),
            ("/uploads", "https://two.test", "PUT", 403, "AccessForbidden", "PUT", "BUCKET"),
        ] as [(String, String?, String?, Int, String, String?, String?)]
    )
    func `a preflight is refused in S3's order and words`(
        target: String,
        origin: String?,
        requested: String?,
        status: Int,
        code: String,
        method: String?,
        type: String?
    ) async throws {
        try await TestGateway.run { gateway in
            _ = try await gateway.send("PUT", "/second")
            _ = try await gateway.send("PUT", "/uploads?cors", body: Self.rules)
            let headers = [origin.map { ("Origin", $0) }, requested.map { ("Access-Control-Request-Method", $0) }]
            let answer = try await preflight(gateway, target, headers.compactMap(\.self))
            #expect(answer.status == status && answer.element("Code") == code)
            #expect(answer.element("Method") == method && answer.element("ResourceType") == type)
            #expect(answer.headers["Access-Control-Allow-Origin"].isEmpty)
        }
    }

    @Test func `actual answers have the rule's headers, refusals too, and only where a rule fits`() async throws {
        try await TestGateway.run { gateway in
            _ = try await gateway.send("PUT", "/uploads?cors", body: Self.rules)
            let absent = try await gateway.send("GET", "/uploads/k", headers: [Self.origin])
            #expect(absent.status == 404 && absent.headers["Access-Control-Allow-Origin"] == ["https://one.test"])
            #expect(absent.headers["Access-Control-Allow-Headers"].isEmpty && absent.headers["Vary"] == [Self.vary])
            let other = try await gateway.send("DELETE", "/uploads/k", headers: [Self.origin])
            #expect(other.status == 204 && other.headers["Access-Control-Allow-Origin"].isEmpty)
        }
    }
}
