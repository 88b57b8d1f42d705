import NIOHTTP1
import S3Protocol
import Testing

@Suite struct BucketPolicyTests {
    private static let block = """
        <PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>\
        <BlockPublicPolicy>true</BlockPublicPolicy></PublicAccessBlockConfiguration>
        """

    private static func publicPolicy() throws -> String {
        Policy.publicRead(bucket: try BucketName("uploads"))
    }

    @Test func `a policy comes back as it was put`() async throws {
        try await TestGateway.run { gateway in
            let text = try " " + Self.publicPolicy()
            let early = try await gateway.send("PUT", "/uploads?policy", body: text)
            #expect(early.element("Code") == "MalformedPolicy")
            let policy = try Self.publicPolicy().replacing(",", with: ", ")
            #expect(try await gateway.send("PUT", "/uploads?policy", body: policy).status == 204)
            let read = try await gateway.send("GET", "/uploads?policy")
            #expect(read.status == 200 && read.body == policy && read.headers["Content-Type"] == ["application/json"])
            #expect(try await gateway.send("GET", "/uploads?policyStatus").element("IsPublic") == "true")
            #expect(try await gateway.send("DELETE", "/uploads?policy").status == 204)
            #expect(try await gateway.send("GET", "/uploads?policy").element("Code") == "NoSuchBucketPolicy")
        }
    }

    @Test(arguments: ["", "text", "{}", #"{"Statement": []}"#])
    func `what is no policy is refused`(text: String) async throws {
        try await TestGateway.run { gateway in
            let answer = try await gateway.send("PUT", "/uploads?policy", body: text)
            #expect(answer.status == 400 && answer.element("Code") == "MalformedPolicy")
        }
    }

    @Test func `a policy beyond 20 KiB is told so`() async throws {
        try await TestGateway.run { gateway in
            let text = String(repeating: " ", count: Policy.maximumLength)
            let answer = try await gateway.send("PUT", "/uploads?policy", body: "{" + text)
            #expect(answer.status == 400 && answer.element("Code") == "MalformedPolicy")
        }
    }

    @Test func `a public policy is refused while such are blocked`() async throws {
        try await TestGateway.run { gateway in
            #expect(try await gateway.send("PUT", "/uploads?publicAccessBlock", body: Self.block).status == 200)
            let read = try await gateway.send("GET", "/uploads?publicAccessBlock")
            #expect(read.element("BlockPublicPolicy") == "true" && read.element("RestrictPublicBuckets") == "false")
            let refused = try await gateway.send("PUT", "/uploads?policy", body: Self.publicPolicy())
            #expect(refused.status == 403 && refused.element("Code") == "AccessDenied")
            #expect(try await gateway.send("DELETE", "/uploads?publicAccessBlock").status == 204)
            #expect(try await gateway.send("PUT", "/uploads?policy", body: Self.publicPolicy()).status == 204)
        }
    }

    @Test func `ownership controls are the server's until they are set, and absent once deleted`() async throws {
        let document = """
            <OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>
            """
        try await TestGateway.run { gateway in
            let target = "/uploads?ownershipControls"
            #expect(try await gateway.send("GET", target).element("ObjectOwnership") == "BucketOwnerEnforced")
            #expect(try await gateway.send("PUT", target, body: document).status == 200)
            #expect(try await gateway.send("GET", target).element("ObjectOwnership") == "ObjectWriter")
            #expect(try await gateway.send("DELETE", target).status == 204)
            #expect(try await gateway.send("GET", target).element("Code") == "OwnershipControlsNotFoundError")
            _ = try await gateway.send("PUT", target, body: document)
            #expect(try await gateway.send("GET", target).status == 200)
        }
    }
}
