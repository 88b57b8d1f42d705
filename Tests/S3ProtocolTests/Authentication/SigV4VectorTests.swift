import S3Protocol
import Testing

@Suite("Published SigV4 vectors")
struct SigV4VectorTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var name: String
        var method = "GET"
        var target: String
        var headers: [(String, String)]
        var payload = SigV4Fixture.emptyHash
        var token: String?
        var hash: String?
        var signature: String

        var testDescription: String { name }
    }

    static let examplebucket = [("Host", "examplebucket.s3.amazonaws.com")]
    static let local = [("Host", "localhost:9000")]
    static let streaming = [
        ("Host", "s3.amazonaws.com"), ("Content-Encoding", "aws-chunked"),
        ("x-amz-decoded-content-length", "66560"), ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
    ]

    static let headerVectors: [Vector] = [
        Vector(
            name: "1 GET object",
            target: "/test.txt",
            headers: examplebucket + [("Range", "bytes=0-9")],
            hash: "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972",
            signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        ),
        Vector(
            name: "2 PUT object",
            method: "PUT",
            target: "/test$file.text",
            headers: examplebucket + [
                ("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ],
            payload: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
            hash: "9e0e90d9c76de8fa5b200d8c849cd5b8dc7a3be3951ddb7f6a76b4158342019d",
            signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
        ),
        Vector(
            name: "3 GET lifecycle",
            target: "/?lifecycle",
            headers: examplebucket,
            hash: "9766c798316ff2757b517bc739a67f6213b4ab36dd5da2f94eaebf79c77395ca",
            signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
        ),
        Vector(
            name: "4 list objects",
            target: "/?max-keys=2&prefix=J",
            headers: examplebucket,
            hash: "df57d21db20da04d7fa30298dd4488ba3a2b47ca3a489c74750e0f1e7df1b9b7",
            signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        ),
        Vector(
            name: "6 signed chunks, seed",
            method: "PUT",
            target: "/examplebucket/chunkObject.txt",
            headers: streaming + [("Content-Length", "66824")],
            payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            hash: "cee3fed04b70f867d036f722359b0b1f2f0e5dc0efadbc082b76c4c60e316455",
            signature: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
        ),
        Vector(
            name: "7 signed chunks with trailer, seed",
            method: "PUT",
            target: "/examplebucket/chunkObject.txt",
            headers: streaming + [("x-amz-trailer", "x-amz-checksum-crc32c")],
            payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
            hash: "44d48b8c2f70eae815a0198cc73d7a546a73a93359c070abbaa5e6c7de112559",
            signature: "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"
        ),
        Vector(
            name: "8 unsigned trailer",
            method: "PUT",
            target: "/bucket/k",
            headers: local + [
                ("Content-Encoding", "aws-chunked"), ("Content-Length", "52"),
                ("x-amz-decoded-content-length", "11"), ("x-amz-trailer", "x-amz-checksum-crc32"),
            ],
            payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
            signature: "affad8c3d87e194eeb1dcc2a72a78389998842760a44c905fe1d45725026a8db"
        ),
        Vector(
            name: "9 small signed chunks without Content-Encoding",
            method: "PUT",
            target: "/bucket/k",
            headers: local + [("x-amz-decoded-content-length", "11")],
            payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            signature: "c8380c6c694b27b7bc414261ecb05fad9984b7fd93006f46dca181794df11fa6"
        ),
        Vector(
            name: "10 path is not normalised",
            target: "/bucket/a//b/../c%20d%2B%C3%A9~%2A.txt",
            headers: local,
            signature: "f5dc692a2773c8dbd425bdc6339c4fe02b1f3ead8dfc5f95be3bcd9591efb8a9"
        ),
        Vector(
            name: "10 the same path, sent with other escapes",
            target: "/bucket/a//b/../c%20d+%c3%a9%7e*.txt",
            headers: local,
            signature: "f5dc692a2773c8dbd425bdc6339c4fe02b1f3ead8dfc5f95be3bcd9591efb8a9"
        ),
        Vector(
            name: "11 default port is dropped",
            target: "/bucket/k",
            headers: [("host", "localhost")],
            signature: "4d72e315355c25c016082256ce7e620c12e21f438cea8507e76d16a199091cc1"
        ),
        Vector(
            name: "12 query",
            target: "/bucket?prefix=a%20b%2Bc&delimiter=%2F&list-type=2&start-after=&Zed=1&marker=b&marker=a",
            headers: local,
            signature: "9f6b7796db8c8475a44987dadf2550b829eddb2b2820bc4164123f31a4e28676"
        ),
        Vector(
            name: "12 the same query, sent with a plus for a blank",
            target: "/bucket?Zed=1&marker=b&marker=a&prefix=a+b%2bc&delimiter=/&list-type=2&start-after",
            headers: local,
            signature: "9f6b7796db8c8475a44987dadf2550b829eddb2b2820bc4164123f31a4e28676"
        ),
        Vector(
            name: "13 blanks in header values",
            method: "PUT",
            target: "/bucket/k",
            headers: local + [
                ("x-amz-meta-a", "   a   b  "), ("X-Amz-Meta-B", "1"), ("Content-Type", "text/plain"),
            ],
            payload: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
            signature: "8aca87fc5bf2b5823bc6b6dd4b836933a44915c874e77cacbfddec0f95b89bc9"
        ),
        Vector(
            name: "14 session token",
            method: "HEAD",
            target: "/bucket/k",
            headers: local,
            token: "TOKEN/abc+def==",
            signature: "c230d1af6aa918fb11be45b99beded6c0f8957e5a5498fa7d6386b3114d1d74c"
        ),
    ]

    static let presignedVectors: [(vector: Vector, lifetime: Int64)] = [
        (
            Vector(
                name: "5 presigned GET",
                target: "/test.txt",
                headers: examplebucket,
                hash: "3bfa292879f6447bbcda7001decf97f4a54dc650c8942174ae0a9121cf58ad04",
                signature: "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
            ), 86_400
        ),
        (
            Vector(
                name: "15 presigned GET with token and disposition",
                target: "/a%20b.txt?response-content-disposition=attachment%3B%20filename%3D%22x%20y.txt%22",
                headers: [("Host", "bucket.s3.amazonaws.com")],
                token: "TOKEN/abc+def==",
                signature: "661f827d05d8237802e96dff0724622d94d437af140aa205093b85d9b0fab879"
            ), 3_600
        ),
        (
            Vector(
                name: "16 presigned PUT with content type",
                method: "PUT",
                target: "/bucket/k",
                headers: local + [("Content-Type", "image/png")],
                signature: "df1b91d073dae209a7b29a1b465042877aa5a36aa291d7027ac237d2a8df4053"
            ), 604_800
        ),
    ]

    private func signer(_ vector: Vector) -> SigV4Signer {
        SigV4Signer(
            accessKeyID: SigV4Fixture.accessKeyID,
            secret: SigV4Fixture.secret,
            region: "us-east-1",
            securityToken: vector.token
        )
    }

    @Test("The signing key of the examples is derived")
    func signingKey() {
        let key = SigningKey(secret: SigV4Fixture.secret, scope: SigV4Fixture.scope)
        #expect(key.hexadecimal == "dbb893acc010964918f1fd433add87c70e8b0db6be30c1fbeafefa5ec6ba8378")
        #expect("\(key)\(SigV4Fixture.secret)" == "<signing key><secret>")
    }

    @Test("A header vector is signed and verified", arguments: headerVectors)
    func header(vector: Vector) throws {
        let plain = try SigV4Fixture.head(vector.method, vector.target, vector.headers)
        let payload = try PayloadMode(vector.payload)
        let signed = try signer(vector).sign(plain, payload: payload, at: SigV4Fixture.now)
        #expect(signed.signature == vector.signature)

        let head = RequestHead(method: vector.method, target: plain.target, headers: signed.headers)
        let request = try SigV4Fixture.v4(head)
        if let hash = vector.hash { #expect(try request.canonicalRequest(payload: payload).hash == hash) }
        let verified = try SigV4Fixture.verify(head, policy: VerificationPolicy(region: "us-east-1"))
        #expect(verified.seedSignature == vector.signature)
        #expect(verified.payload == payload)
        #expect(verified.securityToken == vector.token)
        #expect(verified.expiry == nil)
    }

    @Test("A presigned vector is made and verified", arguments: presignedVectors)
    func presigned(vector: Vector, lifetime: Int64) throws {
        let plain = try SigV4Fixture.head(vector.method, vector.target, vector.headers)
        let query = try signer(vector).presign(plain, lifetime: lifetime, at: SigV4Fixture.now)
        #expect(query.hasSuffix("X-Amz-Signature=\(vector.signature)"))

        let head = try SigV4Fixture.head(vector.method, "\(plain.target.rawPath)?\(query)", vector.headers)
        let request = try SigV4Fixture.v4(head)
        if let hash = vector.hash { #expect(try request.canonicalRequest(payload: .unsigned).hash == hash) }
        let verified = try SigV4Fixture.verify(head)
        #expect(verified.seedSignature == vector.signature)
        #expect(verified.securityToken == vector.token)
        #expect(verified.expiry == SigV4Fixture.now.advanced(bySeconds: lifetime))
    }
}
