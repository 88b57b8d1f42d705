import HTTPTransport
import Logging
import NIOCore
import ObjectStorage
import RemoteS3
import S3Protocol
import ScriptedServers
import Synchronization
import Testing

@Suite("Clients of a remote") struct RemoteClientTests {
    /// The heads that a remote received, and a client that asks it.
    private struct Bench {
        let client: RemoteClient
        let heads: Heads
    }

    private final class Heads: Sendable {
        private let texts = Mutex<[String]>([])

        var all: [String] { texts.withLock { $0 } }

        /// Notes a head and tells which it is, counted from 0.
        func note(_ head: String) -> Int {
            texts.withLock { texts in
                texts.append(head)
                return texts.count - 1
            }
        }
    }

    private static let now = Timestamp(iso8601: "2030-01-01T00:00:00Z")!

    /// A remote that answers the requests in turn as `answer` says.
    private func withRemote(
        retries: RetryPolicy = RetryPolicy(attempts: 3, pause: .milliseconds(5)),
        breaker: CircuitBreaker.Limits = CircuitBreaker.Limits(),
        firstByte: Duration = .seconds(600),
        answer: @escaping @Sendable (_ peer: Peer, _ head: String, _ number: Int) throws -> Void,
        _ body: (Bench) async throws -> Void
    ) async throws {
        let heads = Heads()
        let server = try ScriptedServer { peer, _ in
            while let head = try peer.head() { try answer(peer, head, heads.note(head)) }
        }
        let transport = try HTTPTransport(TransportConfiguration(timeouts: TransportTimeouts(firstByte: firstByte)))
        let pool = BlockingPool(threadCount: 2)
        let credentials = RemoteCredentials(accessKeyID: "AKIA", secret: SigningSecret("secret"))
        let parts = RemoteClient.Parts(
            endpoint: RemoteEndpoint(origin: server.origin, region: "us-east-1"),
            transport: transport,
            credentials: CredentialsProvider([FixedCredentials(credentials)]) { Self.now },
            retries: retries,
            breaker: breaker,
            pool: pool
        )
        let client = RemoteClient(parts, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) { Self.now }
        var failure: (any Error)?
        do { try await body(Bench(client: client, heads: heads)) } catch { failure = error }
        server.close()
        await transport.shutdown()
        await pool.shutdown()
        if let failure { throw failure }
    }

    private func refusal(_ code: String, _ more: String = "") -> String {
        "<Error><Code>\(code)</Code><Message>m</Message>\(more)</Error>"
    }

    @Test func `a request is signed, with its query as it is`() async throws {
        try await withRemote { peer, _, _ in
            try peer.answer("200 OK", "x")
        } _: { (bench) async throws in
            let request = RemoteRequest("GET", bucket: "b", key: Array("k /ü".utf8), query: "a=%7e&b")
            let response = try await bench.client.perform(request)
            #expect(response.status == 200)
            let head = bench.heads.all[0]
            #expect(head.hasPrefix("GET /b/k%20/%C3%BC?a=%7e&b HTTP/1.1\r\n"))
            #expect(head.contains("Credential=AKIA/20300101/us-east-1/s3/aws4_request"))
        }
    }

    @Test func `where a bucket is, is learnt once`() async throws {
        try await withRemote { peer, head, _ in
            let isRight = head.contains("/eu-west-1/s3/")
            try peer.answer(isRight ? "200 OK" : "301 Moved", "", headers: "x-amz-bucket-region: eu-west-1\r\n")
        } _: { (bench) async throws in
            for _ in 0..<3 {
                let response = try await bench.client.perform(RemoteRequest("GET", bucket: "b"))
                #expect(response.status == 200)
            }
            #expect(bench.heads.all.count == 4)
        }
    }

    @Test func `a remote that names region after region is not followed for ever`() async throws {
        try await withRemote { peer, _, number in
            try peer.answer("301 Moved", "", headers: "x-amz-bucket-region: r-\(number)\r\n")
        } _: { (bench) async throws in
            let response = try await bench.client.perform(RemoteRequest("GET", bucket: "b"))
            #expect(response.status == 301 && bench.heads.all.count == 2)
        }
    }

    @Test func `a clock that differs is followed`() async throws {
        let skewed = refusal("RequestTimeTooSkewed")
        try await withRemote { peer, head, _ in
            let isRight = head.contains("x-amz-date: 20300101T010000Z")
            try peer.answer(
                isRight ? "200 OK" : "403 Forbidden",
                isRight ? "" : skewed,
                headers: "Date: Tue, 01 Jan 2030 01:00:00 GMT\r\n"
            )
        } _: { (bench) async throws in
            for _ in 0..<2 { #expect(try await bench.client.perform(RemoteRequest("GET", bucket: "b")).status == 200) }
            #expect(bench.heads.all.count == 3)
        }
    }

    @Test func `a passing failure is asked for again, and its last answer counts`() async throws {
        let slow = refusal("SlowDown")
        try await withRemote { peer, _, number in
            try peer.answer(number == 1 ? "200 OK" : "503 Slow", number == 1 ? "" : slow)
        } _: { (bench) async throws in
            #expect(try await bench.client.perform(RemoteRequest("GET", bucket: "b")).status == 200)
            #expect(bench.heads.all.count == 2)
            let response = try await bench.client.perform(RemoteRequest("GET", bucket: "b"))
            #expect(response.status == 503 && response.refusal?.code == "SlowDown")
            #expect(bench.heads.all.count == 5)
        }
    }

    @Test func `a short body is sent again, a long one that was begun is not`() async throws {
        try await withRemote { peer, head, _ in
            if head.contains("Content-Length: 5\r\n") { _ = try peer.bytes(5) } else { _ = try peer.bytes(300_000) }
            peer.reset()
        } _: { (bench) async throws in
            for (length, attempts) in [(Int64(5), 3), (600_000, 1)] {
                let before = bench.heads.all.count
                let payload = RemoteRequest.Payload.stream(.init(length: length))
                let request = RemoteRequest("PUT", bucket: "b", key: [0x6B], payload: payload)
                var left = length
                let body = RemoteBody {
                    guard left > 0 else { return nil }
                    let count = min(left, 100_000)
                    left -= count
                    return ByteBuffer(repeating: 7, count: Int(count))
                }
                await #expect(throws: RemoteError.self) { _ = try await bench.client.perform(request, body: body) }
                #expect(bench.heads.all.count - before == attempts)
            }
        }
    }

    @Test func `a short body that is not what was signed is not sent`() async throws {
        try await withRemote { peer, _, _ in
            try peer.answer()
        } _: { (bench) async throws in
            for (text, isSent) in [("abc", true), ("abd", false)] {
                let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
                let payload = RemoteRequest.Payload.stream(.init(length: 3, sha256: sha256))
                let request = RemoteRequest("PUT", bucket: "b", key: [0x6B], payload: payload)
                var pieces = [ByteBuffer(string: text)]
                let body = RemoteBody { pieces.popLast() }
                let before = bench.heads.all.count
                do {
                    #expect(try await bench.client.perform(request, body: body).status == 200)
                } catch let error as S3Error {
                    #expect(error.code == "XAmzContentSHA256Mismatch")
                }
                #expect((bench.heads.all.count > before) == isSent)
            }
        }
    }

    @Test func `a long body in the clear is signed chunk by chunk, with its checksum behind it`() async throws {
        let received = Mutex<[UInt8]>([])
        try await withRemote { peer, head, _ in
            if head.contains("100-continue") { try peer.write("HTTP/1.1 100 Continue\r\n\r\n") }
            let line = head.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }
            let length = line.flatMap { Int($0.dropFirst(16)) } ?? 0
            let bytes = try peer.bytes(length)
            received.withLock { $0 = bytes }
            try peer.answer()
        } _: { (bench) async throws in
            let payload = RemoteRequest.Payload.stream(.init(length: 2_000_000, trailer: .crc32))
            let request = RemoteRequest("PUT", bucket: "b", key: [0x6B], payload: payload)
            var left = 20
            let body = RemoteBody(trailer: { "AAAAAA==" }) {
                left -= 1
                return left >= 0 ? ByteBuffer(repeating: 7, count: 100_000) : nil
            }
            #expect(try await bench.client.perform(request, body: body).status == 200)
            let head = bench.heads.all[0]
            #expect(head.contains("x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER\r\n"))
            #expect(head.contains("x-amz-decoded-content-length: 2000000\r\n"))
            #expect(!head.lowercased().contains("content-encoding"))
            #expect(head.contains("x-amz-trailer: x-amz-checksum-crc32\r\n"))
            let tail = String(decoding: received.withLock { $0.suffix(200) }, as: UTF8.self)
            #expect(tail.contains("x-amz-checksum-crc32:AAAAAA==\r\nx-amz-trailer-signature:"))
        }
    }

    @Test func `a long body that came unsigned in the clear goes on so`() async throws {
        try await withRemote { peer, head, _ in
            if head.contains("100-continue") { try peer.write("HTTP/1.1 100 Continue\r\n\r\n") }
            _ = try peer.bytes(2_000_000)
            try peer.answer()
        } _: { (bench) async throws in
            var stream = RemoteRequest.Stream(length: 2_000_000)
            stream.isUnsigned = true
            let request = RemoteRequest("PUT", bucket: "b", key: [0x6B], payload: .stream(stream))
            var left = 20
            let body = RemoteBody {
                left -= 1
                return left >= 0 ? ByteBuffer(repeating: 7, count: 100_000) : nil
            }
            #expect(try await bench.client.perform(request, body: body).status == 200)
            #expect(bench.heads.all[0].contains("x-amz-content-sha256: UNSIGNED-PAYLOAD\r\n"))
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a remote that does not answer is left alone, and asked again after a while`() async throws {
        let isBack = Atomic(false)
        let limits = CircuitBreaker.Limits(failures: 2, pause: .seconds(10))
        let retries = RetryPolicy(attempts: 1)
        try await withRemote(retries: retries, breaker: limits, firstByte: .seconds(1)) { peer, _, _ in
            if isBack.load(ordering: .relaxed) { try peer.answer() } else { _ = try peer.drain() }
        } _: { (bench) async throws in
            func code() async -> RemoteError.Code? {
                do {
                    _ = try await bench.client.perform(RemoteRequest("GET", bucket: "b"))
                    return nil
                } catch {
                    return (error as? RemoteError)?.code
                }
            }
            let first = [await code(), await code(), await code()]
            #expect(first == [.transport, .transport, .circuitOpen])
            #expect(bench.heads.all.count == 2 && bench.client.isCircuitOpen)
            isBack.store(true, ordering: .relaxed)
            while await code() != nil { try await Task.sleep(for: .milliseconds(100)) }
            #expect(!bench.client.isCircuitOpen)
        }
    }

    @Test func `what the network says has its status`() {
        let table: [(TransportError.Code, Int)] = [
            (.connect, 502), (.tls, 502), (.reset, 502), (.invalidResponse, 502), (.connectTimeout, 504),
            (.firstByteTimeout, 504), (.stallTimeout, 504), (.busy, 503), (.closed, 503),
        ]
        for (code, status) in table {
            let error = RemoteError(TransportError(code, "why"), endpoint: "https://far").s3Error
            #expect(error.status == status && error.reason?.contains("why") == true)
        }
        #expect(RemoteError(.circuitOpen, "", retryAfter: 3).s3Error.headers.map(\.value) == ["3"])
    }
}
