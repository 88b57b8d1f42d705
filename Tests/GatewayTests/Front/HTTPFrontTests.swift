import Gateway
import Glibc
import NIOCore
import NIOHTTP1
import ObjectStorage
import S3Protocol
import Testing

/// Answers with what it got: the length of the body and its first bytes.
private func echo() -> ScriptedResponder {
    ScriptedResponder { request in
        do {
            var length = 0
            while let piece = try await request.body.next(atLeast: 4096) { length += piece.readableBytes }
            return Response(.ok, contentType: "text/plain", bytes: Array("\(request.head.method) \(length)".utf8))
        } catch {
            return Response(.badRequest, contentType: "text/plain", bytes: Array("\(error)".utf8))
        }
    }
}

private func refusing() -> ScriptedResponder {
    ScriptedResponder { _ in Response(.forbidden, contentType: "text/plain", bytes: Array("no".utf8)) }
}

@Suite struct HTTPFrontTests {
    @Test func `answers one request after another on a connection`() async throws {
        try await withFront(echo()) { port, _ in
            let answers = try await blocking {
                let client = try RawClient(port: port)
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                let first = client.readAnswer()
                client.send("PUT /b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
                return [first, client.readAnswer()]
            }
            #expect(answers[0].hasPrefix("HTTP/1.1 200 OK\r\n") && answers[0].hasSuffix("GET 0"))
            #expect(answers[1].hasSuffix("PUT 5"))
            #expect(
                answers[0].contains("x-amz-request-id: ") && answers[0].contains("Date: Tue, 14 Nov 2023 22:13:20 GMT")
            )
        }
    }

    @Test func `answers pipelined requests in their order`() async throws {
        try await withFront(echo()) { port, _ in
            let bodies = try await blocking {
                let client = try RawClient(port: port)
                client.send(
                    (0..<20).map {
                        "PUT /\($0) HTTP/1.1\r\nHost: a\r\nContent-Length: \($0)\r\n\r\n"
                            + String(repeating: "x", count: $0)
                    }.joined()
                )
                return (0..<20).map { _ in client.readAnswer().split(separator: "\r\n\r\n").last.map(String.init) ?? ""
                }
            }
            #expect(bodies == (0..<20).map { "PUT \($0)" })
        }
    }

    @Test func `reads a body that comes byte by byte, and a chunked one`() async throws {
        try await withFront(echo()) { port, _ in
            let answers = try await blocking {
                let client = try RawClient(port: port)
                for byte in Array("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n123456789".utf8) {
                    client.send([byte])
                }
                let first = client.readAnswer()
                client.send(
                    "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3\r\nabc\r\n0\r\n\r\n"
                )
                return [first, client.readAnswer()]
            }
            #expect(answers[0].hasSuffix("PUT 9"))
            #expect(answers[1].hasSuffix("PUT 8"))
        }
    }

    @Test func `says 100 Continue only when the handler wants the body`() async throws {
        try await withFront(echo()) { port, _ in
            let (interim, final) = try await blocking {
                let client = try RawClient(port: port)
                client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
                let interim = client.read(until: "\r\n\r\n")
                client.send("abc")
                return (interim, client.readAnswer())
            }
            #expect(interim.hasPrefix("HTTP/1.1 100 Continue"))
            #expect(final.hasSuffix("PUT 3"))
        }
        try await withFront(refusing()) { port, _ in
            let (answer, isClosed) = try await blocking {
                let client = try RawClient(port: port)
                client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
                return (client.readAnswer(), client.isClosedByServer)
            }
            #expect(answer.hasPrefix("HTTP/1.1 403") && answer.contains("Connection: close"))
            #expect(isClosed)
        }
    }

    @Test func `says 100 Continue before the answer to a request that has no body, and goes on`() async throws {
        for handler in [echo(), refusing()] {
            try await withFront(handler) { port, _ in
                let (interim, first, second) = try await blocking {
                    let client = try RawClient(port: port)
                    client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n")
                    let (interim, first) = (client.read(until: "\r\n\r\n"), client.readAnswer())
                    client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
                    return (interim, first, client.readAnswer())
                }
                #expect(interim == "HTTP/1.1 100 Continue\r\n\r\n")
                #expect(first.hasPrefix("HTTP/1.1 ") && !first.hasPrefix("HTTP/1.1 100"))
                #expect(second.prefix(12) == first.prefix(12))
            }
        }
    }

    @Test func `a refused small upload keeps the connection, a refused large one gets its answer and is cut`()
        async throws
    {
        try await withFront(refusing(), configure: { $0.maximumDrain = 1 << 20 }) { port, _ in
            let (small, next) = try await blocking {
                let client = try RawClient(port: port)
                client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
                client.send([UInt8](repeating: 1, count: 100_000))
                let small = client.readAnswer()
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                return (small, client.readAnswer())
            }
            #expect(small.hasPrefix("HTTP/1.1 403") && next.hasPrefix("HTTP/1.1 403"))
            let large = try await blocking {
                let client = try RawClient(port: port)
                client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000000\r\n\r\n")
                client.send([UInt8](repeating: 1, count: 300_000))
                return client.readAnswer()
            }
            #expect(large.hasPrefix("HTTP/1.1 403") && large.contains("Connection: close"))
        }
    }

    @Test(arguments: [
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5x\r\n\r\nhello",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /%zz?%zz HTTP/1.1\r\nHost: a\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "PUT / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "rubbish\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n",
    ])
    func `refuses what is not proper HTTP, and closes`(request: String) async throws {
        try await withFront(echo()) { port, _ in
            let (answer, isClosed) = try await blocking {
                let client = try RawClient(port: port)
                client.send(request)
                return (client.readAnswer(), client.isClosedByServer)
            }
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
            #expect(isClosed)
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 40_000) + "\r\n\r\n",
        "GET /" + String(repeating: "x", count: 200_000) + " HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n" + (0..<300).map { "X\($0): y\r\n" }.joined() + "\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n" + (0..<150).map { "X\($0): \(String(repeating: "z", count: 400))\r\n" }.joined()
            + "\r\n",
    ])
    func `refuses heads beyond a limit`(request: String) async throws {
        try await withFront(echo()) { port, _ in
            let answer = try await blocking {
                let client = try RawClient(port: port)
                client.send(request)
                return client.readAnswer()
            }
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer.prefix(200))")
        }
    }

    @Test func `a body that ends early reaches the handler as a failure, and nothing leaks`() async throws {
        let responder = echo()
        try await withFront(responder) { port, front in
            try await blocking {
                for length in stride(from: 0, to: 100, by: 7) {
                    let client = try RawClient(port: port)
                    client.send(
                        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n"
                            + String(repeating: "x", count: length)
                    )
                    client.reset()
                }
            }
            #expect(try await eventually { responder.completedCount == 15 && front.connectionCount == 0 })
            #expect(Set(responder.statuses) == [400])
        }
    }

    @Test func `beyond the connection limit the next one gets 503, and a free place is used again`() async throws {
        try await withFront(echo(), configure: { $0.maximumConnections = 3 }) { port, front in
            let clients = try await blocking {
                try (0..<3).map { _ in
                    let client = try RawClient(port: port)
                    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                    _ = client.readAnswer()
                    return Box(client)
                }
            }
            let refused = try await blocking {
                let client = try RawClient(port: port)
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                return client.readAnswer()
            }
            #expect(refused.hasPrefix("HTTP/1.1 503 "))
            clients[0].client.reset()
            #expect(try await eventually { front.connectionCount == 2 })
            let answered = try await blocking {
                let client = try RawClient(port: port)
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                return client.readAnswer()
            }
            #expect(answered.hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func `a sender that drips is cut off, one that never finishes its head too`() async throws {
        let responder = echo()
        try await withFront(
            responder,
            configure: {
                $0.bodyWindow = .milliseconds(100)
                $0.minimumBodyProgress = 1000
                $0.idleTimeout = .milliseconds(300)
            }
        ) { port, _ in
            let slow = try await blocking {
                let client = try RawClient(port: port)
                client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nab")
                return client.readAnswer()
            }
            #expect(slow.hasPrefix("HTTP/1.1 400 ") && slow.hasSuffix("tooSlow"), "\(slow)")
            let isClosed = try await blocking {
                let client = try RawClient(port: port)
                client.send("GET / HTTP/1.1\r\nHost")
                return client.isClosedByServer
            }
            #expect(isClosed)
        }
    }

    @Test func `HEAD has the length and no body, 204 neither`() async throws {
        let responder = ScriptedResponder { request in
            request.head.method == "HEAD"
                ? Response(.ok, headers: [:], body: .headOnly(length: 12345)) : Response(.noContent)
        }
        try await withFront(responder) { port, _ in
            let (head, next) = try await blocking {
                let client = try RawClient(port: port)
                client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nDELETE / HTTP/1.1\r\nHost: a\r\n\r\n")
                return (client.readAnswer(hasBody: false), client.readAnswer(hasBody: false))
            }
            #expect(head.contains("Content-Length: 12345\r\n"))
            #expect(
                next.hasPrefix("HTTP/1.1 204 ") && !next.contains("Content-Length") && !next.contains("Content-Type")
            )
        }
    }

    @Test func `a value with line breaks cannot split an answer`() async throws {
        let responder = ScriptedResponder { _ in
            Response(.ok, headers: ["X-Stored": "a\r\nSet-Cookie: evil=1\r\n\r\n<html>"])
        }
        try await withFront(responder) { port, _ in
            let answer = try await blocking {
                let client = try RawClient(port: port)
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                return client.readAnswer()
            }
            #expect(!answer.contains("\r\nSet-Cookie") && answer.contains("X-Stored: a  Set-Cookie"))
        }
    }

    @Test func `a request to upgrade is answered and closed, since nothing is parsed after it`() async throws {
        try await withFront(echo()) { port, _ in
            let (answer, isClosed) = try await blocking {
                let client = try RawClient(port: port)
                client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
                return (client.readAnswer(), client.isClosedByServer)
            }
            #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.contains("Connection: close") && isClosed)
        }
    }

    @Test func `a stop cuts what outlives the grace period`() async throws {
        try await withFront(echo(), configure: { $0.shutdownGrace = .milliseconds(200) }) { port, front in
            let client = try await blocking {
                let client = try RawClient(port: port)
                client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc")
                return Box(client)
            }
            #expect(try await eventually { front.connectionCount == 1 })
            await front.stop()
            #expect(try await blocking { client.client.isClosedByServer })
        }
    }

    @Test func `a file that is truncated while it is sent ends the connection soon`() async throws {
        try await TestGateway.run { gateway in
            let upload = try await gateway.store.beginUpload(
                of: ObjectKey("big"),
                to: BucketName("uploads"),
                digests: ContentDigests()
            )
            for _ in 0..<32 { try await upload.write(ByteBuffer(repeating: 7, count: 1 << 20)) }
            _ = try await upload.commit(ObjectAttributes(), demand: ContentDigestDemand(), precondition: .none)
            let object = try await gateway.store.open(ObjectKey("big"), version: nil, in: BucketName("uploads"))
            guard case .file(let file) = object.content else { throw RawClient.Failure(text: "not a file") }
            try await Self.truncateWhileSending(file, path: gateway.root + "/buckets/uploads/big")
        }
    }

    private static func truncateWhileSending(_ file: OpenFile, path: String) async throws {
        let responder = ScriptedResponder { _ in Response(.ok, body: .file(file, 0..<file.size)) }
        try await withFront(responder) { port, _ in
            let isClosed = try await blocking {
                let client = try RawClient(port: port)
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = client.readBytes(64 * 1024)
                truncate(path, 1 << 20)
                return client.isClosedByServer
            }
            #expect(isClosed)
            // The client may see the end before the responder is told of it.
            #expect(try await eventually { responder.incompleteCount == 1 })
        }
    }

    @Test func `HTTP/1.0 is answered and closed`() async throws {
        try await withFront(echo()) { port, _ in
            let (answer, isClosed) = try await blocking {
                let client = try RawClient(port: port)
                client.send("GET / HTTP/1.0\r\n\r\n")
                return (client.readAnswer(), client.isClosedByServer)
            }
            #expect(answer.contains(" 200 OK") && isClosed)
        }
    }

    @Test func `a graceful stop finishes the request in flight and refuses new connections`() async throws {
        let responder = echo()
        try await withFront(responder, configure: { $0.shutdownGrace = .minutes(5) }) { port, front in
            let client = try await blocking {
                let client = try RawClient(port: port)
                client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc")
                return Box(client)
            }
            #expect(try await eventually { front.connectionCount == 1 })
            async let stopped: Void = front.stop()
            // The listening socket goes first; from then on the stop has reached every connection.
            #expect(try await eventually { (try? RawClient(port: port)) == nil })
            let answer = try await blocking {
                client.client.send("def")
                return client.client.readAnswer()
            }
            #expect(answer.hasSuffix("PUT 6") && answer.contains("Connection: close"), "\(answer)")
            await stopped
        }
    }
}

/// Carries a client between the blocking steps of one test, which never overlap.
private struct Box: @unchecked Sendable {
    let client: RawClient

    init(_ client: RawClient) { self.client = client }
}
