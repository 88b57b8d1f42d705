import Gateway
import ObjectStorage
import S3Protocol
import Testing

@Suite struct AuthorizationTests {
    @Test func `without a policy a user makes buckets and sees its own`() async throws {
        try await TestGateway.run { gateway in
            try await gateway.know(["alice": nil, "bob": [Statement.own("s3:ListBucket", "box")]])
            try await gateway.makeBox(owner: "alice")
            for target in ["/box/new", "/box/k?tagging"] {
                let body = target.hasSuffix("tagging") ? "<Tagging><TagSet/></Tagging>" : "x"
                #expect(try await gateway.send(as: "alice", "PUT", target, body: body).status == 200)
            }
            #expect(try await gateway.send(as: "alice", "PUT", "/of-alice").status == 200)
            #expect(try await gateway.send(as: "alice", "GET", "/box?list-type=2").status == 200)
            #expect(try await gateway.send(as: "alice", "GET", "/uploads").outcome == "403 AccessDenied")
            #expect(try await gateway.send(as: "alice", "GET", "/nowhere").outcome == "404 NoSuchBucket")
            #expect(try await gateway.send(as: "bob", "PUT", "/of-bob").outcome == "403 AccessDenied")
            let ownOfAlice = try await gateway.send(as: "alice", "GET", "/")
            #expect(ownOfAlice.body.contains("<Name>box</Name>") && !ownOfAlice.body.contains("uploads"))
            #expect(ownOfAlice.element("ID") == TestGateway.id("alice"))
            let ofBob = try await gateway.send(as: "bob", "GET", "/")
            #expect(ofBob.body.contains("<Name>box</Name>") && !ofBob.body.contains("uploads"))
            #expect(try await gateway.send(as: "root", "GET", "/").body.contains("<Name>uploads</Name>"))
            #expect(try await gateway.send(as: "-", "GET", "/").outcome == "403 AccessDenied")
        }
    }

    @Test func `every action that a request needs must be allowed`() async throws {
        try await TestGateway.run { gateway in
            try await gateway.know(["alice": [Statement.own("s3:PutObject")]])
            try await gateway.makeBox(owner: "bob")
            let tags = ("x-amz-tagging", "a=b")
            #expect(try await gateway.send(as: "alice", "PUT", "/box/n", body: "x").status == 200)
            let tagged = try await gateway.send(as: "alice", "PUT", "/box/n", headers: [tags], body: "x")
            #expect(tagged.outcome == "403 AccessDenied" && tagged.reason.contains("s3:PutObjectTagging"))
            try await gateway.know(["alice": [Statement.own("s3:PutObject*")]])
            #expect(try await gateway.send(as: "alice", "PUT", "/box/n", headers: [tags], body: "x").status == 200)
        }
    }

    @Test func `a list with WRITE lets others write and delete, but nobody unsigned copy or upload in parts`()
        async throws
    {
        try await TestGateway.run { gateway in
            try await gateway.know(["alice": nil])
            let bob = TestGateway.id("bob")
            try await gateway.makeBox(owner: "bob") { settings in
                settings.ownership = .objectWriter
                settings.accessControl = CannedACL.publicReadWrite.list(owner: bob, bucketOwner: bob)
            }
            #expect(try await gateway.send(as: "-", "PUT", "/box/n", body: "x").status == 200)
            #expect(try await gateway.send(as: "-", "GET", "/box?list-type=2").status == 200)
            let copied = [("x-amz-copy-source", "box/k")]
            let copy = try await gateway.send(as: "-", "PUT", "/box/m", headers: copied)
            #expect(copy.element("Message") == "Anonymous users cannot copy objects. Please authenticate.")
            let parts = try await gateway.send(as: "-", "POST", "/box/m?uploads")
            #expect(parts.element("Message")?.hasPrefix("Anonymous users cannot initiate multipart uploads.") == true)
            #expect(try await gateway.send(as: "-", "DELETE", "/box/n").status == 204)
            #expect(try await gateway.send(as: "-", "DELETE", "/box").outcome == "403 AccessDenied")
            let begun = try await gateway.send(as: "alice", "POST", "/box/parts?uploads")
            let upload = "/box/parts?uploadId=\(begun.element("UploadId") ?? "")"
            #expect(try await gateway.send(as: "-", "DELETE", upload).status == 403)
            #expect(try await gateway.send(as: "alice", "GET", upload).status == 200)
            #expect(try await gateway.send(as: "alice", "DELETE", upload).status == 204)
        }
    }

    @Test func `who may not list a bucket does not learn which keys there are`() async throws {
        try await TestGateway.run { gateway in
            let read = Statement.own("s3:GetObject")
            try await gateway.know(["alice": [read], "bob": [read, Statement.own("s3:ListBucket", "box")]])
            try await gateway.makeBox(owner: "root") { $0.policy = TestGateway.policy([Statement.publicRead]) }
            for (caller, outcome) in [
                ("alice", "403 AccessDenied"), ("bob", "404 NoSuchKey"), ("-", "403 AccessDenied"),
                ("root", "404 NoSuchKey"),
            ] {
                #expect(try await gateway.send(as: caller, "GET", "/box/none").outcome == outcome, "\(caller)")
                #expect(try await gateway.send(as: caller, "HEAD", "/box/none").outcome == outcome, "\(caller)")
            }
        }
    }

    @Test func `a list that gives READ tells that a key is missing`() async throws {
        try await TestGateway.run { gateway in
            let bob = TestGateway.id("bob")
            try await gateway.makeBox(owner: "bob") { settings in
                settings.ownership = .objectWriter
                settings.accessControl = CannedACL.publicRead.list(owner: bob, bucketOwner: bob)
            }
            #expect(try await gateway.send(as: "-", "GET", "/box/none").outcome == "404 NoSuchKey")
            #expect(try await gateway.send(as: "-", "GET", "/box/k").outcome == "403 AccessDenied")
        }
    }

    @Test func `of several objects each is allowed by itself`() async throws {
        try await TestGateway.run { gateway in
            try await gateway.know(["alice": [Statement.own("s3:DeleteObject", "box/mine/*")]])
            try await gateway.makeBox(owner: "bob")
            _ = try await gateway.send(as: "root", "PUT", "/box/mine/1", body: "x")
            let keys = ["mine/1", "k"].map { "<Object><Key>\($0)</Key></Object>" }.joined()
            let answer = try await gateway.send(as: "alice", "POST", "/box?delete", body: "<Delete>\(keys)</Delete>")
            #expect(answer.status == 200 && answer.body.contains("<Deleted><Key>mine/1</Key>"))
            #expect(answer.body.contains("<Error><Key>k</Key>") && answer.element("Code") == "AccessDenied")
            #expect(try await gateway.send(as: "root", "GET", "/box/k").status == 200)
        }
    }

    @Test func `a copy needs its source too`() async throws {
        try await TestGateway.run { gateway in
            try await gateway.know(["alice": [Statement.own("s3:PutObject*")]])
            try await gateway.makeBox(owner: "bob")
            let source = [("x-amz-copy-source", "/box/k")]
            let refused = try await gateway.send(as: "alice", "PUT", "/box/n", headers: source)
            #expect(refused.outcome == "403 AccessDenied" && refused.reason.contains("s3:GetObject"))
            try await gateway.know(["alice": [Statement.own("s3:PutObject*"), Statement.own("s3:GetObject*")]])
            #expect(try await gateway.send(as: "alice", "PUT", "/box/n", headers: source).status == 200)
        }
    }

    @Test func `a rename reads and deletes its source`() async throws {
        try await TestGateway.run { gateway in
            try await gateway.makeBox(owner: "bob")
            let source = [("x-amz-rename-source", "k")]
            var rights = [Statement.own("s3:PutObject")]
            for missing in ["s3:GetObject", "s3:DeleteObject", "s3:GetObjectTagging", "s3:PutObjectTagging"] {
                try await gateway.know(["alice": rights])
                let refused = try await gateway.send(as: "alice", "PUT", "/box/n?renameObject", headers: source)
                #expect(refused.outcome == "403 AccessDenied" && refused.reason.contains(missing))
                rights.append(Statement.own(missing))
            }
            try await gateway.know(["alice": rights])
            #expect(try await gateway.send(as: "alice", "PUT", "/box/n?renameObject", headers: source).status == 200)
        }
    }

    @Test func `a policy looks at the tags that an object has, and at those in a document`() async throws {
        try await TestGateway.run { gateway in
            let ifCat = #","Condition":{"StringEquals":{"s3:ExistingObjectTag/kind":"cat"}}"#
            let ifRed = #","Condition":{"StringEquals":{"s3:RequestObjectTag/team":"red"}}"#
            try await gateway.know([
                "alice": [
                    Statement.own("s3:GetObject", "box/*", ifCat), Statement.own("s3:PutObjectTagging", "box/*", ifRed),
                ]
            ])
            try await gateway.makeBox(owner: "bob")
            _ = try await gateway.send(as: "root", "PUT", "/box/n", body: "x")
            #expect(try await gateway.send(as: "alice", "GET", "/box/k").status == 200)
            #expect(try await gateway.send(as: "alice", "GET", "/box/n").status == 403)
            for (team, status) in [("blue", 403), ("red", 200)] {
                let tag = "<Tag><Key>team</Key><Value>\(team)</Value></Tag>"
                let body = "<Tagging><TagSet>\(tag)</TagSet></Tagging>"
                #expect(try await gateway.send(as: "alice", "PUT", "/box/n?tagging", body: body).status == status)
            }
            let tags = try await gateway.send(as: "root", "GET", "/box/n?tagging")
            #expect(tags.body.contains("<Value>red</Value>"))
        }
    }

    @Test func `nobody writes where Larder keeps styles, whatever a policy allows`() async throws {
        try await TestGateway.run { gateway in
            try await gateway.know(["alice": [Statement.own("s3:*", "*")]])
            let put = try await gateway.send(as: "alice", "PUT", "/uploads/styles/1/x", body: "x")
            #expect(put.outcome == "403 AccessDenied" && put.reason.contains("written by Larder only"))
            let body = "<Delete><Object><Key>styles/1/x</Key></Object></Delete>"
            let deleted = try await gateway.send(as: "alice", "POST", "/uploads?delete", body: body)
            #expect(deleted.element("Code") == "AccessDenied")
            #expect(try await gateway.send(as: "alice", "PUT", "/uploads/other", body: "x").status == 200)
        }
    }

    @Test func `headers of an answer are chosen by those who sign`() async throws {
        try await TestGateway.run { gateway in
            try await gateway.makeBox(owner: "bob") { $0.policy = TestGateway.policy([Statement.publicRead]) }
            let target = "/box/k?response-content-type=text/html"
            #expect(try await gateway.send(as: "-", "GET", target).outcome == "400 InvalidRequest")
            #expect(try await gateway.send(as: "root", "GET", target).status == 200)
            let other = "/box/none?response-content-type=text/html"
            #expect(try await gateway.send(as: "root", "GET", other).status == 404)
        }
    }
}
