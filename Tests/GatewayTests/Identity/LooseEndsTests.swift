import Gateway
import NIOHTTP1
import ObjectStorage
import S3Protocol
import Testing

/// What comes along with a request, or is told by its answer, beside what it names.
@Suite("What comes along") struct LooseEndsTests {
    @Test func `making a bucket again opens it to nobody whom its settings keep out`() async throws {
        try await TestGateway.run { gateway in
            try await gateway.know(["alice": nil])
            try await gateway.makeBox(owner: "alice") { settings in
                settings.ownership = .objectWriter
                settings.publicAccessBlock = PublicAccessBlock(blockPublicAcls: true)
            }
            let list = [("x-amz-acl", "public-read"), ("x-amz-object-ownership", "ObjectWriter")]
            let blocked = try await gateway.send(as: "alice", "PUT", "/box", headers: list)
            #expect(blocked.outcome == "403 AccessDenied")
            #expect(try gateway.store.bucket(TestGateway.box).settings.accessControl == nil)
            _ = try await gateway.store.updateBucket(TestGateway.box) { settings in
                settings.publicAccessBlock = nil
                settings.policy = TestGateway.policy([
                    #"{"Effect":"Deny","Principal":"*","Action":"s3:PutBucketAcl","Resource":"arn:aws:s3:::box"}"#
                ])
            }
            let denied = try await gateway.send(as: "alice", "PUT", "/box", headers: list)
            #expect(denied.outcome == "403 AccessDenied" && denied.reason.contains("s3:PutBucketAcl"))
            _ = try await gateway.store.updateBucket(TestGateway.box) { $0.policy = nil }
            #expect(try await gateway.send(as: "alice", "PUT", "/box", headers: list).status == 200)
            #expect(try gateway.store.bucket(TestGateway.box).settings.accessControl != nil)
        }
    }

    @Test func `tags come along with a copy only for who may read and set them`() async throws {
        try await TestGateway.run { gateway in
            try await gateway.makeBox(owner: "root")
            let source = ("x-amz-copy-source", "/box/k")
            let may = ["s3:GetObject", "s3:PutObject"]
            for (further, missing) in [
                ([], "s3:GetObjectTagging"), (["s3:GetObjectTagging"], "s3:PutObjectTagging"),
                (["s3:GetObjectTagging", "s3:PutObjectTagging"], nil),
            ] as [([String], String?)] {
                try await gateway.know(["alice": (may + further).map { Statement.own($0) }])
                let copied = try await gateway.send(as: "alice", "PUT", "/box/copy", headers: [source])
                #expect(copied.status == (missing == nil ? 200 : 403), "\(further)")
                #expect(missing.map(copied.reason.contains) ?? true, "\(copied.reason)")
                let renamed = [("x-amz-rename-source", "/copy")]
                guard missing == nil else { continue }
                try await gateway.know(["alice": (may + ["s3:DeleteObject"]).map { Statement.own($0) }])
                let kept = try await gateway.send(as: "alice", "PUT", "/box/other?renameObject", headers: renamed)
                #expect(kept.outcome == "403 AccessDenied" && kept.reason.contains("s3:GetObjectTagging"))
            }
            // Tags that replace the source's are not read from it.
            try await gateway.know(["alice": (may + ["s3:PutObjectTagging"]).map { Statement.own($0) }])
            let replacing = [source, ("x-amz-tagging-directive", "REPLACE"), ("x-amz-tagging", "a=b")]
            #expect(try await gateway.send(as: "alice", "PUT", "/box/new", headers: replacing).status == 200)
        }
    }

    @Test func `a copy that takes its source's tags brings none for a policy to look at`() async throws {
        try await TestGateway.run { gateway in
            let condition = #""Condition":{"StringEquals":{"s3:RequestObjectTag/team":"red"}}"#
            let put = #"{"Effect":"Allow","Action":"s3:PutObject*","Resource":"*",\#(condition)}"#
            try await gateway.know(["alice": [Statement.own("s3:GetObject*"), put]])
            try await gateway.makeBox(owner: "root")
            let tags = ("x-amz-tagging", "team=red")
            let source = ("x-amz-copy-source", "/box/k")
            let copied = try await gateway.send(as: "alice", "PUT", "/box/c", headers: [source, tags])
            #expect(copied.outcome == "403 AccessDenied")
            let replacing = [source, tags, ("x-amz-tagging-directive", "REPLACE")]
            #expect(try await gateway.send(as: "alice", "PUT", "/box/c", headers: replacing).status == 200)
        }
    }

    @Test func `a refusal reads the same whether the key is there or not`() async throws {
        try await TestGateway.run { gateway in
            try await gateway.know(["alice": nil])
            try await gateway.makeBox(owner: "bob") { $0.ownership = .objectWriter }
            let there = try await gateway.send(as: "alice", "GET", "/box/k")
            let missing = try await gateway.send(as: "alice", "GET", "/box/none")
            #expect(there.outcome == "403 AccessDenied" && missing.outcome == "403 AccessDenied")
            #expect(there.reason == missing.reason && !there.reason.isEmpty)
        }
    }

    @Test func `strangers are not told what policies say`() async throws {
        try await TestGateway.run { gateway in
            try await gateway.makeBox(owner: "bob") { settings in
                settings.policy = TestGateway.policy([
                    #"{"Sid":"secret","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::box/*"}"#
                ])
            }
            let refused = try await gateway.send(as: "-", "GET", "/box/k")
            #expect(refused.reason == "the request is not signed, and s3:GetObject is not public")
        }
    }

    @Test func `tags are counted for who may read them`() async throws {
        try await TestGateway.run { gateway in
            try await gateway.makeBox(owner: "root")
            for (actions, count) in [(["s3:GetObject"], nil), (["s3:GetObject", "s3:GetObjectTagging"], "1")]
                as [([String], String?)]
            {
                try await gateway.know(["alice": actions.map { Statement.own($0) }])
                let read = try await gateway.send(as: "alice", "GET", "/box/k")
                #expect(read.status == 200 && read.headers.first(name: "x-amz-tagging-count") == count)
            }
            #expect(try await gateway.send("GET", "/box/k").headers.first(name: "x-amz-tagging-count") == "1")
        }
    }

    @Test func `the owner that a copy's source should have is held against it`() async throws {
        try await TestGateway.run { gateway in
            try await gateway.makeBox(owner: "root")
            for (owner, status) in [("000000000000", 200), ("111111111111", 403), ("me", 400)] {
                let headers = [("x-amz-copy-source", "/box/k"), ("x-amz-source-expected-bucket-owner", owner)]
                #expect(try await gateway.send("PUT", "/box/copy", headers: headers).status == status, "\(owner)")
            }
        }
    }

    @Test func `what is locked has to be proved by a digest`() async throws {
        try await TestGateway.run { gateway in
            _ = try await gateway.send("PUT", "/safe", headers: [("x-amz-bucket-object-lock-enabled", "true")])
            let hold = ("x-amz-object-lock-legal-hold", "ON")
            let plain = try await gateway.send("PUT", "/safe/k", headers: [hold], body: "hello")
            #expect(plain.outcome == "400 InvalidRequest")
            #expect(plain.element("Message")?.hasPrefix("Content-MD5 OR x-amz-checksum- HTTP header") == true)
            for digest in [("Content-MD5", "XUFAKrxLKna5cZ2REBfFkg=="), ("x-amz-checksum-crc32", "NhCmhg==")] {
                let answer = try await gateway.send("PUT", "/safe/k", headers: [hold, digest], body: "hello")
                #expect(answer.status == 200, "\(digest)")
            }
        }
    }
}
