import Glibc
import HTTPTransport
import NIOCore
import S3Protocol
import ScriptedServers
import Synchronization
import Testing

@Suite("Bodies that are streamed") struct StreamingTests {
    private static let piece = ByteBuffer(repeating: 7, count: 100_000)

    private static func source(_ count: Int) -> () async throws -> ByteBuffer? {
        let left = Mutex(count)
        return {
            left.withLock { left in
                left -= 1
                return left >= 0 ? piece : nil
            }
        }
    }

    @Test func `a body of known length arrives whole`() async throws {
        try await withServer { peer, _ in
            _ = try peer.head()
            let body = try peer.bytes(10_000_000)
            try peer.answer("200 OK", "\(body.count) \(body.allSatisfy { $0 == 7 })")
        } _: { (transport, server) async throws in
            let request = server.request("PUT", body: .stream(length: 10_000_000))
            #expect(try await transport.perform(request, body: Self.source(100)).text() == "10000000 true")
        }
    }

    @Test func `a body of unknown length arrives in chunks`() async throws {
        try await withServer { peer, _ in
            _ = try peer.head()
            var count = 0
            while true {
                var line: [UInt8] = []
                while line.last != 10 { line += try peer.bytes(1) }
                let length = Int(String(decoding: line.dropLast(2), as: UTF8.self), radix: 16) ?? -1
                _ = try peer.bytes(length + 2)
                count += length
                if length <= 0 { break }
            }
            try peer.answer("200 OK", "\(count)")
        } _: { (transport, server) async throws in
            let request = server.request("PUT", body: .stream(length: nil))
            #expect(try await transport.perform(request, body: Self.source(20)).text() == "2000000")
        }
    }

    @Test func `a body waits for the word of the server`() async throws {
        let isAsked = Atomic(false)
        try await withServer { peer, _ in
            let head = try #require(try peer.head())
            #expect(head.contains("Expect: 100-continue"))
            let isEarly = isAsked.load(ordering: .sequentiallyConsistent)
            #expect(!isEarly)
            try peer.write("HTTP/1.1 100 Continue\r\n\r\n")
            _ = try peer.bytes(3)
            try peer.answer("200 OK", "taken")
        } _: { (transport, server) async throws in
            let request = server.request("PUT", body: .stream(length: 3), expectsContinue: true)
            var pieces = [ByteBuffer(string: "abc")]
            let response = try await transport.perform(request) {
                isAsked.store(true, ordering: .sequentiallyConsistent)
                return pieces.popLast()
            }
            #expect(try await response.text() == "taken")
        }
    }

    @Test(arguments: ["403 Forbidden", "301 Moved Permanently", "417 Expectation Failed", "503 Slow Down"])
    func `a body that is refused beforehand is not read`(status: String) async throws {
        try await withServer { peer, _ in
            _ = try peer.head()
            try peer.answer(status, "no")
            _ = try? peer.drain()
        } _: { (transport, server) async throws in
            let request = server.request("PUT", body: .stream(length: 1 << 30), expectsContinue: true)
            let reads = Atomic(0)
            let response = try await transport.perform(request) {
                reads.add(1, ordering: .relaxed)
                return Self.piece
            }
            #expect("\(response.status)" == status.prefix(3))
            // The body of the refusal of an expectation is not waited for.
            #expect(try await response.text() == (status.hasPrefix("417") ? "" : "no"))
            let count = reads.load(ordering: .relaxed)
            #expect(count == 0)
            #expect(try await eventually { transport.transferCount == 0 })
        }
    }

    @Test func `an answer in the middle of a body ends the sending`() async throws {
        try await withServer { peer, _ in
            _ = try peer.head()
            _ = try peer.bytes(100_000)
            try peer.answer("400 Bad Request", "enough")
            _ = try? peer.drain()
        } _: { (transport, server) async throws in
            let request = server.request("PUT", body: .stream(length: 1 << 40))
            let response = try await transport.perform(request) { Self.piece }
            #expect(response.status == 400)
            #expect(try await response.text() == "enough")
        }
    }

    @Test func `an answer ends the sending even while there is nothing to send`() async throws {
        try await withServer { peer, _ in
            _ = try peer.head()
            _ = try peer.bytes(100_000)
            try peer.answer("400 Bad Request", "enough")
            _ = try? peer.drain()
        } _: { (transport, server) async throws in
            let exchange = try transport.begin(server.request("PUT", body: .stream(length: 1 << 40)))
            #expect(try await exchange.write(Self.piece))
            let response = try await exchange.response()
            #expect(try await response.text() == "enough")
            #expect(try await exchange.write(Self.piece) == false)
            #expect(try await eventually { transport.transferCount == 0 })
        }
    }

    @Test func `a slow reader holds the server up, and is not blamed for it`() async throws {
        let sent = Atomic(0)
        try await withServer { peer, _ in
            _ = try peer.head()
            try peer.write("HTTP/1.1 200 OK\r\nContent-Length: 64000000\r\n\r\n")
            for _ in 0..<640 {
                try peer.write([UInt8](repeating: 7, count: 100_000))
                sent.add(100_000, ordering: .relaxed)
            }
        } _: { (transport, server) async throws in
            let timeouts = TransportTimeouts(stall: .seconds(2))
            let response = try await transport.perform(server.request(timeouts: timeouts))
            // Longer than the server may stall; what is under way lies in both sockets' buffers and in ours.
            try await Task.sleep(for: .seconds(3))
            let held = sent.load(ordering: .relaxed)
            #expect(held < 16_000_000)
            var (count, largest) = (0, 0)
            while let bytes = try await response.body.next() {
                count += bytes.readableBytes
                largest = max(largest, bytes.readableBytes)
            }
            #expect(count == 64_000_000)
            #expect(largest <= 512 << 10)
        }
    }

    @Test func `a slow server holds the writer up`() async throws {
        let mayRead = Atomic(false)
        try await withServer { peer, _ in
            _ = try peer.head()
            while !mayRead.load(ordering: .relaxed) { _ = try peer.pause(5) }
            _ = try peer.bytes(64_000_000)
            try peer.answer()
        } _: { (transport, server) async throws in
            let written = Atomic(0)
            let timeouts = TransportTimeouts(stall: .seconds(600))
            let request = server.request("PUT", body: .stream(length: 64_000_000), timeouts: timeouts)
            async let response = transport.perform(request) {
                guard written.load(ordering: .relaxed) < 64_000_000 else { return nil }
                written.add(100_000, ordering: .relaxed)
                return Self.piece
            }
            try await Task.sleep(for: .milliseconds(400))
            let begun = written.load(ordering: .relaxed)
            #expect(begun < 16_000_000)
            mayRead.store(true, ordering: .relaxed)
            #expect(try await response.status == 200)
            let whole = written.load(ordering: .relaxed)
            #expect(whole == 64_000_000)
        }
    }

    @Test func `memory stays as it is however long a body is`() async throws {
        try await withServer { peer, _ in
            while try peer.head() != nil {
                let piece = [UInt8](repeating: 7, count: 1 << 20)
                try peer.write("HTTP/1.1 200 OK\r\nContent-Length: \(1 << 30)\r\n\r\n")
                for _ in 0..<1024 { try peer.write(piece) }
            }
        } _: { (transport, server) async throws in
            let before = residentBytes()
            var most = 0
            for _ in 0..<2 {
                let body = try await transport.perform(server.request()).body
                var (count, looked) = (0, 0)
                while let bytes = try await body.next() {
                    count += bytes.readableBytes
                    guard count - looked > 1 << 26 else { continue }
                    (looked, most) = (count, max(most, residentBytes()))
                }
                #expect(count == 1 << 30)
            }
            // Less than a body that is kept; other tests of this process take hundreds of MiB meanwhile.
            #expect(most - before < 768 << 20)
            #expect(server.connectionCount == 1)
        }
    }
}

/// The resident memory of this process.
private func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var (total, resident) = (0, 0)
    let count = withUnsafeMutablePointer(to: &total) { total in
        withUnsafeMutablePointer(to: &resident) { resident in
            withVaList([total, resident]) { vfscanf(file, "%ld %ld", $0) }
        }
    }
    return count == 2 ? resident * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
}
