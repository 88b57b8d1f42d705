import HTTPTransport
import NIOCore
import S3Protocol
import ScriptedServers
import Synchronization
import Testing

@Suite("Requests of the transport") struct RequestTests {
    @Test func `method, target and headers go out byte for byte`() async throws {
        let target = "/b/a//../b/./c%2f~%7E+*'(),;:@&=$!?x&y=%20+/?&z="
        let heads = Mutex<[String]>([])
        try await withServer { peer, _ in
            while let head = try peer.head() {
                heads.withLock { $0.append(head) }
                try peer.answer()
            }
        } _: { (transport, server) async throws in
            let headers = HeaderList([
                ("Host", "bucket.example.com"), ("X-Amz-Meta-A", "one"), ("x-amz-meta-a", "two  blanks"),
                ("X-Empty", ""),
                ("x-amz-meta-ü".replacing("ü", with: "u"), "grün"),
            ])
            let response = try await transport.perform(server.request("REPORT", target, headers: headers))
            #expect(response.status == 200)
        }
        let lines = heads.withLock { $0 }[0].split(separator: "\r\n").map(String.init)
        #expect(lines[0] == "REPORT \(target) HTTP/1.1")
        #expect(
            lines.dropFirst() == [
                "Host: bucket.example.com", "X-Amz-Meta-A: one", "x-amz-meta-a: two  blanks", "X-Empty:",
                "x-amz-meta-u: grün",
            ]
        )
    }

    @Test func `what belongs to the connection is not passed on`() async throws {
        let heads = Mutex<[String]>([])
        try await withServer { peer, _ in
            while let head = try peer.head() {
                heads.withLock { $0.append(head) }
                _ = try peer.bytes(3)
                try peer.answer()
            }
        } _: { (transport, server) async throws in
            let headers = HeaderList([
                ("Connection", "close, X-Hop"), ("X-Hop", "1"), ("Transfer-Encoding", "chunked"), ("TE", "trailers"),
                ("Content-Length", "99"), ("Expect", "100-continue"), ("Upgrade", "h2c"), ("Keep-Alive", "1"),
                ("Proxy-Authorization", "secret"), ("X-Stays", "1"),
            ])
            let body = TransportRequest.Body.bytes(ByteBuffer(string: "abc"))
            #expect(try await transport.perform(server.request("PUT", headers: headers, body: body)).status == 200)
        }
        let names = heads.withLock { $0 }[0].split(separator: "\r\n").dropFirst().map { $0.split(separator: ":")[0] }
        #expect(Set(names) == ["Host", "X-Stays", "Content-Length"])
    }

    @Test(arguments: [
        ("PUT", TransportRequest.Body.none, "Content-Length: 0"), ("POST", .none, "Content-Length: 0"),
        ("DELETE", .none, ""), ("GET", .none, ""), ("GET", .bytes(ByteBuffer(string: "xy")), "Content-Length: 2"),
        ("PUT", .stream(length: nil), "Transfer-Encoding: chunked"), ("PUT", .stream(length: 0), "Content-Length: 0"),
    ])
    func `the length of the body is announced`(
        method: String,
        body: TransportRequest.Body,
        line: String
    ) async throws {
        let heads = Mutex<[String]>([])
        try await withServer { peer, _ in
            while let head = try peer.head() {
                heads.withLock { $0.append(head) }
                if head.contains("Content-Length: 2") { _ = try peer.bytes(2) }
                if head.contains("chunked") { #expect(try peer.bytes(5) == Array("0\r\n\r\n".utf8)) }
                try peer.answer()
            }
        } _: { (transport, server) async throws in
            let response = try await transport.perform(server.request(method, body: body)) { nil }
            #expect(response.status == 200)
        }
        let lines = heads.withLock { $0 }[0].split(separator: "\r\n").map(String.init)
        #expect(
            lines.filter { $0.hasPrefix("Content-Length") || $0.hasPrefix("Transfer") } == (line.isEmpty ? [] : [line])
        )
    }

    @Test func `HEAD has an answer with a length and no body`() async throws {
        try await withServer { peer, _ in
            while try peer.head() != nil { try peer.write("HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n") }
        } _: { (transport, server) async throws in
            for _ in 0..<2 {
                let response = try await transport.perform(server.request("HEAD"))
                #expect(response.contentLength == 12345)
                #expect(try await response.body.next() == nil)
            }
            #expect(server.connectionCount == 1)
        }
    }

    @Test(arguments: [
        ("http://h", "http://h", "/"), ("HTTPS://H:443/a//b?c", "https://h", "/a//b?c"),
        ("http://127.0.0.1:9000?x=1", "http://127.0.0.1:9000", "/?x=1"),
        ("https://[::1]:8443/", "https://[::1]:8443", "/"),
        ("http://[::1]/x:y@z", "http://[::1]", "/x:y@z"), ("http://a_b-c.d/%7e/../", "http://a_b-c.d", "/%7e/../"),
    ])
    func `a URL is split and its target stays as it was`(url: String, origin: String, target: String) throws {
        let parts = try TransportOrigin.split(url)
        #expect(parts.origin.text == origin && parts.target == target)
    }

    @Test(arguments: [
        "", "h/", "ftp://h/", "http://", "http:///x", "http://u:p@h/", "http://h/#f", "http://h:0/", "http://h:65536/",
        "http://h:/", "http://h:x/", "http://h /", "http://h/ü", "http://[::1/", "http://h\r\n/", "http://ex%61mple/",
    ])
    func `what is no URL for a request is refused`(url: String) {
        #expect(throws: TransportError.self) { try TransportOrigin.split(url) }
    }

    @Test(arguments: [
        ("GE T", "/", "a", "b"), ("", "/", "a", "b"), ("GET", "x", "a", "b"), ("GET", "/ x", "a", "b"),
        ("GET", "/\r\n", "a", "b"), ("GET", "/", "a b", "b"), ("GET", "/", "a:", "b"), ("GET", "/", "", "b"),
        ("GET", "/", "a", "b\r\nc: d"), ("GET", "/", "a", "b\0c"),
    ])
    func `nothing can end a line of the head`(method: String, target: String, name: String, value: String) async throws
    {
        let transport = try HTTPTransport()
        let request = TransportRequest(
            method: method,
            origin: TransportOrigin(scheme: .http, host: "127.0.0.1", port: 1),
            target: target,
            headers: HeaderList([(name, value)])
        )
        await expectFailure(.invalidRequest) { _ = try await transport.perform(request) }
        await transport.shutdown()
    }
}
