import Glibc
import HTTPTransport
import NIOCore
import S3Protocol
import ScriptedServers
import Synchronization
import Testing

@Suite("Faults of servers") struct FaultTests {
    private static let hasty = TransportTimeouts(
        connect: .seconds(5),
        firstByte: .milliseconds(300),
        stall: .milliseconds(300)
    )

    @Test func `a host that nobody knows is told so`() async throws {
        let transport = try HTTPTransport()
        let request = try TransportRequest(method: "GET", url: "http://no-such-host.invalid/")
        await expectFailure(.resolve) { _ = try await transport.perform(request) }
        await transport.shutdown()
    }

    @Test func `a port that nobody listens on is told so`() async throws {
        let server = try ScriptedServer { _, _ in }
        server.close()
        let transport = try HTTPTransport()
        await expectFailure(.connect) { _ = try await transport.perform(server.request()) }
        await transport.shutdown()
    }

    @Test func `a server without TLS is told so`() async throws {
        try await withServer { peer, _ in
            _ = try peer.bytes(1)
            try peer.write("HTTP/1.1 400 Bad Request\r\n\r\n")
        } _: { (transport, server) async throws in
            let request = try TransportRequest(method: "GET", url: "https://127.0.0.1:\(server.port)/")
            await expectFailure(.tls) { _ = try await transport.perform(request) }
        }
    }

    @Test func `a server that never shakes hands times out as connecting`() async throws {
        try await withServer { peer, _ in
            _ = try peer.drain()
        } _: { (transport, server) async throws in
            var request = try TransportRequest(method: "GET", url: "https://127.0.0.1:\(server.port)/")
            request.timeouts = TransportTimeouts(connect: .milliseconds(300))
            await expectFailure(.connectTimeout) { _ = try await transport.perform(request) }
        }
    }

    @Test func `a server that does not answer times out`() async throws {
        try await withServer { peer, _ in
            _ = try peer.drain()
        } _: { (transport, server) async throws in
            let request = server.request(timeouts: Self.hasty)
            await expectFailure(.firstByteTimeout) { _ = try await transport.perform(request) }
        }
    }

    @Test func `a body that stops moving times out, and what came before is given`() async throws {
        try await withServer { peer, _ in
            _ = try peer.head()
            try peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            _ = try peer.drain()
        } _: { (transport, server) async throws in
            let timeouts = TransportTimeouts(stall: .milliseconds(300))
            let response = try await transport.perform(server.request(timeouts: timeouts))
            #expect(try await response.body.next() == ByteBuffer(string: "abc"))
            await expectFailure(.stallTimeout) { _ = try await response.body.next() }
        }
    }

    @Test func `a server that takes no more of a body times out`() async throws {
        try await withServer { peer, number in
            _ = try peer.head()
            while try peer.head() != nil {}
        } _: { (transport, server) async throws in
            let request = server.request("PUT", body: .stream(length: 1 << 30), timeouts: Self.hasty)
            let piece = ByteBuffer(repeating: 0x0D, count: 256 << 10)
            // The server reads on without end, so this one is held up by what it does not answer in the end.
            let code = await failure {
                let response = try await transport.perform(request) { piece }
                _ = response.status
            }
            #expect(code == .stallTimeout || code == .firstByteTimeout || code == .reset)
        }
    }

    @Test func `the whole may have a limit`() async throws {
        try await withServer { peer, _ in
            _ = try peer.head()
            try peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            for _ in 0..<1000 {
                try peer.write("x")
                _ = try peer.pause(10)
            }
        } _: { (transport, server) async throws in
            let timeouts = TransportTimeouts(total: .seconds(3))
            let response = try await transport.perform(server.request(timeouts: timeouts))
            await expectFailure(.totalTimeout) { while try await response.body.next() != nil {} }
        }
    }

    @Test func `a connection that breaks before the answer is a reset`() async throws {
        try await withServer { peer, number in
            _ = try peer.head()
            if number == 0 { peer.reset() } else { peer.close() }
        } _: { (transport, server) async throws in
            for _ in 0..<2 {
                await expectFailure(.reset) { _ = try await transport.perform(server.request("POST")) }
            }
        }
    }

    @Test(arguments: ["Content-Length: 10\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n5\r\nab"], [true, false])
    func `a body that ends early is partial`(rest: String, isReset: Bool) async throws {
        try await withServer { peer, _ in
            _ = try peer.head()
            try peer.write("HTTP/1.1 200 OK\r\n\(rest)")
            if isReset {
                _ = try peer.pause(50)
                peer.reset()
            }
        } _: { (transport, server) async throws in
            let code = await failure { _ = try await transport.perform(server.request()).text() }
            #expect(code == .partialBody)
        }
    }

    @Test func `bytes behind the announced length are not the body's, nor the next answer's`() async throws {
        try await withServer { peer, _ in
            _ = try peer.head()
            try peer.write(
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 500 Evil\r\nContent-Length: 0\r\n\r\n"
            )
            _ = try peer.head()
            try peer.answer("200 OK", "def")
        } _: { (transport, server) async throws in
            #expect(try await transport.perform(server.request()).text() == "abc")
            let next = try await transport.perform(server.request())
            #expect(next.status == 200)
            #expect(try await next.text() == "abc")
            #expect(server.connectionCount == 2)
        }
    }

    @Test(arguments: ["SSH-2.0-OpenSSH\r\n", "HTTP/1.1 200 OK\r\nno header\r\n\r\n", "\u{16}\u{3}\u{1}"])
    func `what is not HTTP is told so`(text: String) async throws {
        try await withServer { peer, _ in
            _ = try peer.head()
            try peer.write(text)
        } _: { (transport, server) async throws in
            await expectFailure(.invalidResponse) { _ = try await transport.perform(server.request()) }
        }
    }

    @Test func `a head without end is too large`() async throws {
        try await withServer { peer, _ in
            _ = try peer.head()
            try peer.write("HTTP/1.1 200 OK\r\n")
            for _ in 0..<100_000 { try peer.write("X-Filler: 0123456789012345678901234567890123456789\r\n") }
        } _: { (transport, server) async throws in
            await expectFailure(.tooLarge) { _ = try await transport.perform(server.request()) }
        }
    }

    @Test func `an answer that is collected has a limit`() async throws {
        try await withServer { peer, _ in
            while try peer.head() != nil { try peer.answer("200 OK", "0123456789") }
        } _: { (transport, server) async throws in
            let whole = try await transport.perform(server.request()).body.collect(upTo: 10)
            #expect(whole.readableBytes == 10)
            let code = await failure { _ = try await transport.perform(server.request()).body.collect(upTo: 9) }
            #expect(code == .tooLarge)
        }
    }

    @Test func `redirects are answers as others`() async throws {
        try await withServer { peer, _ in
            while try peer.head() != nil {
                try peer.answer("301 Moved", "", headers: "Location: http://127.0.0.1:1/\r\n")
            }
        } _: { (transport, server) async throws in
            let response = try await transport.perform(server.request())
            #expect(response.status == 301 && response.headers["location"] == "http://127.0.0.1:1/")
        }
    }

    @Test func `content is not decompressed`() async throws {
        try await withServer { peer, _ in
            while let head = try peer.head() {
                #expect(!head.lowercased().contains("accept-encoding"))
                try peer.answer("200 OK", "not gzip", headers: "Content-Encoding: gzip\r\n")
            }
        } _: { (transport, server) async throws in
            #expect(try await transport.perform(server.request()).text() == "not gzip")
        }
    }

    @Test func `the proxy of the environment is not asked`() async throws {
        setenv("http_proxy", "http://127.0.0.1:1", 1)
        defer { unsetenv("http_proxy") }
        try await withServer { peer, _ in
            while try peer.head() != nil { try peer.answer() }
        } _: { (transport, server) async throws in
            #expect(try await transport.perform(server.request()).status == 200)
        }
    }

    @Test func `a proxy that is set is asked, with the target as it is`() async throws {
        let heads = Mutex<[String]>([])
        let proxy = try ScriptedServer { peer, _ in
            while let head = try peer.head() {
                heads.withLock { $0.append(head) }
                try peer.answer("200 OK", "by proxy")
            }
        }
        let transport = try HTTPTransport(TransportConfiguration(proxy: "http://127.0.0.1:\(proxy.port)"))
        let request = try TransportRequest(method: "GET", url: "http://h.invalid/a//../b%7e")
        #expect(try await transport.perform(request).text() == "by proxy")
        await transport.shutdown()
        proxy.close()
        #expect(heads.withLock { $0 }[0].hasPrefix("GET http://h.invalid/a//../b%7e HTTP/1.1\r\n"))
    }
}
