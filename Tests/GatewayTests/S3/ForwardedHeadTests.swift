import NIOHTTP1
import S3Protocol
import Testing

@testable import Gateway

@Suite("Heads that go on to a remote S3") struct ForwardedHeadTests {
    private func forwarded(
        _ fields: [(String, String)],
        target: String = "/b/k",
        isPresigned: Bool = false,
        isFramed: Bool = false,
        passesOrigin: Bool = true
    ) throws -> [String] {
        let head = RequestHead(method: "PUT", target: try RequestTarget(target), headers: HeaderList(fields))
        return ForwardedHead.request(
            head,
            isPresigned: isPresigned,
            isFramed: isFramed,
            passesOrigin: passesOrigin
        ).fields.map { "\($0.name): \($0.value)" }
    }

    @Test func `what is not known goes on as it came`() throws {
        let fields = [("X-Amz-Newest", "of all"), ("x-amz-meta-a", "1"), ("x-amz-meta-a", "2"), ("Range", "bytes=1-2")]
        #expect(try forwarded(fields) == fields.map { "\($0.0): \($0.1)" })
    }

    @Test(arguments: [
        "Host", "Authorization", "X-Amz-Date", "Date", "x-amz-content-sha256", "x-amz-security-token",
        "x-amz-decoded-content-length", "x-amz-trailer", "Content-Length", "Expect", "Cookie", "Forwarded",
        "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP",
    ])
    func `what is said between client and server stays here`(name: String) throws {
        #expect(try forwarded([(name, "x"), ("Content-Type", "a/b")]) == ["Content-Type: a/b"])
    }

    @Test func `the frame of a body is no encoding of it`() throws {
        let fields = [("Content-Encoding", "aws-chunked, gzip"), ("A", "b")]
        #expect(try forwarded(fields, isFramed: true) == ["A: b", "Content-Encoding: gzip"])
        #expect(try forwarded([("Content-Encoding", "aws-chunked")], isFramed: true) == [])
        #expect(try forwarded([("Content-Encoding", "gzip")]) == ["Content-Encoding: gzip"])
    }

    @Test func `parameters of a signed URL that act as headers become headers`() throws {
        let target = "/b/k?X-Amz-Signature=s&x-amz-meta-a=1&X-Amz-Expires=1&x-amz-checksum-crc32=AAAAAA%3D%3D"
        #expect(try forwarded([], target: target, isPresigned: true) == ["x-amz-meta-a: 1"])
        #expect(try forwarded([], target: target) == [])
    }

    @Test func `an origin goes on where the remote answers for origins`() throws {
        #expect(try forwarded([("Origin", "https://a")]) == ["Origin: https://a"])
        #expect(try forwarded([("Origin", "https://a")], passesOrigin: false) == [])
    }

    @Test func `an answer keeps its headers but for those of this side`() {
        let headers = HeaderList([
            ("ETag", "\"e\""), ("x-amz-request-id", "R1"), ("x-amz-id-2", "I"), ("Date", "d"), ("Server", "s"),
            ("Content-Length", "5"), ("Set-Cookie", "c"), ("x-amz-bucket-region", "eu-west-1"),
            ("Access-Control-Allow-Origin", "*"), ("x-amz-version-id", "v"),
        ])
        let kept = ForwardedHead.response(headers, region: "here", answersOrigins: true).map {
            "\($0.name): \($0.value)"
        }
        #expect(
            kept == [
                "ETag: \"e\"", "x-amz-bucket-region: here", "x-amz-version-id: v", "x-larder-remote-request-id: R1",
            ]
        )
        let open = ForwardedHead.response(headers, region: "here", answersOrigins: false)
        #expect(open.first(name: "Access-Control-Allow-Origin") == "*")
    }
}
