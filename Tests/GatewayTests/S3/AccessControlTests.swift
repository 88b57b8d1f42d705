import NIOHTTP1
import S3Protocol
import Testing

@testable import Gateway

@Suite struct AccessControlTests {
    private static let owner = String(repeating: "a", count: 64)
    private static let everybody = AccessControlList.Group.allUsers.rawValue
    private static let block = """
        <PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>
        """

    /// Runs `body` with a bucket `second` that has lists, and an object `k` in it.
    private func withLists(_ body: @Sendable (TestGateway) async throws -> Void) async throws {
        try await TestGateway.run { gateway in
            _ = try await gateway.send("PUT", "/second", headers: [("x-amz-object-ownership", "ObjectWriter")])
            _ = try await gateway.send("PUT", "/second/k", body: "x")
            try await body(gateway)
        }
    }

    private static func document(_ grantee: String, _ permission: String) -> String {
        """
        <AccessControlPolicy><Owner><ID>\(owner)</ID></Owner><AccessControlList><Grant><Grantee>\(grantee)</Grantee>\
        <Permission>\(permission)</Permission></Grant></AccessControlList></AccessControlPolicy>
        """
    }

    @Test(arguments: ["/second", "/second/k"])
    func `lists are the owner's at first, and replaced by headers or a document`(target: String) async throws {
        try await withLists { gateway in
            let first = try await gateway.send("GET", target + "?acl")
            #expect(first.status == 200 && first.element("Permission") == "FULL_CONTROL")
            #expect(first.body.contains("<Owner><ID>\(Self.owner)</ID></Owner>"))
            let canned = ("x-amz-acl", "public-read")
            #expect(try await gateway.send("PUT", target + "?acl", headers: [canned]).status == 200)
            #expect(try await gateway.send("GET", target + "?acl").element("URI") == Self.everybody)
            let document = Self.document("<ID>\(Self.owner)</ID>", "READ_ACP")
            #expect(try await gateway.send("PUT", target + "?acl", body: document).status == 200)
            let read = try await gateway.send("GET", target + "?acl")
            #expect(read.element("Permission") == "READ_ACP" && read.element("URI") == nil)
        }
    }

    @Test(
        arguments: [
            ([], "", "MissingSecurityHeader"), ([("x-amz-acl", "private")], "<x/>", "UnexpectedContent"),
            ([("x-amz-acl", "secret")], "", "InvalidArgument"), ([], "<AccessControlPolicy/>", "MalformedACLError"),
            ([("x-amz-acl", "private"), ("x-amz-grant-read", "id=\"a\"")], "", "InvalidRequest"),
            ([], document("<ID>nobody</ID>", "READ"), "InvalidArgument"),
        ] as [([(String, String)], String, String)]
    )
    func `a list that is none is refused`(headers: [(String, String)], body: String, code: String) async throws {
        try await withLists { gateway in
            for target in ["/second?acl", "/second/k?acl"] {
                let answer = try await gateway.send("PUT", target, headers: headers, body: body)
                #expect(answer.status == 400 && answer.element("Code") == code, "\(target): \(answer.body)")
            }
        }
    }

    @Test(arguments: ["/uploads", "/uploads/k"])
    func `where ownership is enforced only what gives nothing away is taken`(target: String) async throws {
        try await TestGateway.run { gateway in
            _ = try await gateway.send("PUT", "/uploads/k", body: "x")
            for (canned, status) in [("private", 200), ("bucket-owner-full-control", 200), ("public-read", 400)] {
                let answer = try await gateway.send("PUT", target + "?acl", headers: [("x-amz-acl", canned)])
                #expect(answer.status == status, "\(canned): \(answer.body)")
                if status == 400 { #expect(answer.element("Code") == "AccessControlListNotSupported") }
            }
            #expect(try await gateway.send("GET", target + "?acl").body.contains("<Owner><ID>o</ID></Owner>"))
        }
    }

    @Test(arguments: ["/second", "/second/k"])
    func `a public list is refused while such are blocked`(target: String) async throws {
        try await withLists { gateway in
            _ = try await gateway.send("PUT", "/second?publicAccessBlock", body: Self.block)
            let answer = try await gateway.send("PUT", target + "?acl", headers: [("x-amz-acl", "public-read")])
            #expect(answer.status == 403 && answer.element("Code") == "AccessDenied")
            #expect(try await gateway.send("PUT", target + "?acl", headers: [("x-amz-acl", "private")]).status == 200)
        }
    }

    @Test func `ownership is not enforced over a list that gives something to others`() async throws {
        let enforced = """
            <OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>
            """
        try await withLists { gateway in
            _ = try await gateway.send("PUT", "/second?acl", headers: [("x-amz-acl", "public-read")])
            let answer = try await gateway.send("PUT", "/second?ownershipControls", body: enforced)
            #expect(answer.status == 400 && answer.element("Code") == "InvalidBucketAclWithObjectOwnership")
            _ = try await gateway.send("PUT", "/second?acl", headers: [("x-amz-acl", "private")])
            #expect(try await gateway.send("PUT", "/second?ownershipControls", body: enforced).status == 200)
        }
    }

    @Test func `a list survives as text, and other text is none`() throws {
        let list = AccessControlList(
            owner: "o",
            grants: [.init(.group(.allUsers), .read), .init(.user("é"), .writeACP)]
        )
        #expect(AccessControlList(jsonText: try list.jsonText()) == list)
        #expect(AccessControlList(jsonText: "{}") == nil)
    }
}
