import NIOHTTP1
import S3Protocol
import Testing

@Suite struct CreateBucketTests {
    private static func tags(_ tags: String) -> String {
        "<CreateBucketConfiguration><Tags>\(tags)</Tags></CreateBucketConfiguration>"
    }

    @Test func `a new bucket is told by its place and name`() async throws {
        try await TestGateway.run { gateway in
            let answer = try await gateway.send("PUT", "/second")
            #expect(answer.status == 200 && answer.headers["Location"] == ["/second"])
            #expect(answer.headers["x-amz-bucket-arn"] == ["arn:aws:s3:::second"])
        }
    }

    @Test func `a bucket with object lock keeps versions from the first`() async throws {
        try await TestGateway.run { gateway in
            _ = try await gateway.send("PUT", "/second", headers: [("x-amz-bucket-object-lock-enabled", "True")])
            #expect(try await gateway.send("GET", "/second?versioning").element("Status") == "Enabled")
            #expect(try await gateway.send("GET", "/second?object-lock").element("ObjectLockEnabled") == "Enabled")
            _ = try await gateway.send("PUT", "/third", headers: [("x-amz-bucket-object-lock-enabled", "false")])
            #expect(try await gateway.send("GET", "/third?object-lock").status == 404)
        }
    }

    @Test(
        arguments: [
            ([("x-amz-acl", "private")], nil), ([("x-amz-object-ownership", "BucketOwnerEnforced")], nil),
            ([("x-amz-object-ownership", "ObjectWriter"), ("x-amz-acl", "public-read")], nil),
            ([("x-amz-acl", "public-read")], "InvalidBucketAclWithObjectOwnership"),
            (
                [("x-amz-grant-read", "uri=\"http://acs.amazonaws.com/groups/global/AllUsers\"")],
                "InvalidBucketAclWithObjectOwnership"
            ),
            ([("x-amz-object-ownership", "Nobody")], "InvalidArgument"),
            ([("x-amz-object-ownership", "")], "InvalidArgument"),
        ] as [([(String, String)], String?)]
    )
    func `lists go with an ownership that has them`(headers: [(String, String)], code: String?) async throws {
        try await TestGateway.run { gateway in
            let answer = try await gateway.send("PUT", "/second", headers: headers)
            #expect(answer.element("Code") == code && answer.status == (code == nil ? 200 : 400))
            #expect(try await gateway.send("HEAD", "/second").status == (code == nil ? 200 : 404))
        }
    }

    @Test(
        arguments: [
            ("<Tag><Key>a</Key><Value>1</Value></Tag>", nil), ("", nil), ("<Tag><Key>a</Key></Tag>", "MalformedXML"),
            ("<Tag><Key>aws:a</Key><Value/></Tag>", "InvalidTag"), ("<Tag><Key>a,b</Key><Value/></Tag>", "InvalidTag"),
        ] as [(String, String?)]
    )
    func `tags are set with the bucket`(tags: String, code: String?) async throws {
        try await TestGateway.run { gateway in
            let answer = try await gateway.send("PUT", "/second", body: Self.tags(tags))
            #expect(answer.element("Code") == code, "\(answer.body)")
            guard code == nil else { return }
            #expect(try await gateway.send("GET", "/second?tagging").element("Key") == (tags.isEmpty ? nil : "a"))
        }
    }

    @Test func `its owner may make a bucket again, without tags`() async throws {
        let tagged = Self.tags("<Tag><Key>a</Key><Value>1</Value></Tag>")
        let empty = Self.tags("")
        try await TestGateway.run { gateway in
            _ = try await gateway.send("PUT", "/second", body: tagged)
            let again = try await gateway.send("PUT", "/second", body: tagged)
            #expect(again.status == 409 && again.element("Code") == "BucketAlreadyOwnedByYou")
            for body in ["", empty] {
                #expect(try await gateway.send("PUT", "/second", body: body).status == 200)
                #expect(try await gateway.send("GET", "/second?tagging").element("Key") == "a")
            }
            let foreign = try await gateway.send("PUT", "/uploads")
            #expect(foreign.status == 409 && foreign.element("Code") == "BucketAlreadyExists")
        }
    }

    @Test func `to make a bucket again resets its list`() async throws {
        try await TestGateway.run { gateway in
            let ownership = ("x-amz-object-ownership", "ObjectWriter")
            _ = try await gateway.send("PUT", "/second", headers: [ownership, ("x-amz-acl", "public-read")])
            #expect(try await gateway.send("GET", "/second?acl").element("URI") != nil)
            #expect(try await gateway.send("PUT", "/second").status == 200)
            #expect(try await gateway.send("GET", "/second?acl").element("URI") == nil)
        }
    }
}
