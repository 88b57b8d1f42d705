import HTTPTransport
import NIOCore
import S3Protocol
import ScriptedServers
import Synchronization
import Testing

@Suite("Lifetimes of transfers", .serialized) struct LifetimeTests {
    /// Longer than a test may wait for its turn, so that nothing ends a transfer but what the test does.
    private static let patience = TransportTimeouts(firstByte: .seconds(600), stall: .seconds(600))

    @Test func `a cancelled task gives its transfer up, in whatever it waits`() async throws {
        let isGone = Atomic(0)
        try await withServer { peer, _ in
            let head = try peer.head() ?? ""
            if head.hasPrefix("GET /body") { try peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc") }
            _ = try? peer.drain()
            isGone.add(1, ordering: .sequentiallyConsistent)
        } _: { (transport, server) async throws in
            let waitings: [@Sendable () async throws -> Void] = [
                { _ = try await transport.perform(server.request("GET", "/head", timeouts: Self.patience)) },
                { _ = try await transport.perform(server.request("GET", "/body", timeouts: Self.patience)).text() },
                {
                    let piece = ByteBuffer(repeating: 1, count: 100)
                    let body = TransportRequest.Body.stream(length: 200)
                    let request = server.request("PUT", "/write", body: body, timeouts: Self.patience)
                    let exchange = try transport.begin(request)
                    _ = try await exchange.write(piece)
                    _ = try await exchange.response()
                },
            ]
            for (number, waiting) in waitings.enumerated() {
                let task = Task { try await waiting() }
                #expect(try await eventually { server.connectionCount == number + 1 })
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
                #expect(try await eventually { isGone.load(ordering: .sequentiallyConsistent) == number + 1 })
                #expect(try await eventually { transport.transferCount == 0 })
            }
        }
    }

    @Test func `an answer that nobody holds any more is given up`() async throws {
        let isGone = Atomic(0)
        try await withServer { peer, _ in
            _ = try peer.head()
            try peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            _ = try? peer.drain()
            isGone.add(1, ordering: .sequentiallyConsistent)
        } _: { (transport, server) async throws in
            #expect(try await transport.perform(server.request()).status == 200)
            #expect(try await eventually { isGone.load(ordering: .sequentiallyConsistent) == 1 })
        }
    }

    @Test func `connections are kept and used again`() async throws {
        try await withServer { peer, _ in
            while let head = try peer.head() {
                if head.contains("Content-Length: 3") { _ = try peer.bytes(3) }
                try peer.answer("200 OK", "x")
            }
        } _: { (transport, server) async throws in
            for number in 0..<100 {
                let body = number.isMultiple(of: 2) ? .none : TransportRequest.Body.bytes(ByteBuffer(string: "abc"))
                #expect(try await transport.perform(server.request("PUT", body: body)).text() == "x")
            }
            #expect(server.connectionCount == 1)
        }
    }

    @Test func `a kept connection that the server closed costs nothing but another`() async throws {
        try await withServer { peer, _ in
            _ = try peer.head()
            _ = try peer.bytes(3)
            try peer.answer("200 OK", "x")
        } _: { (transport, server) async throws in
            for _ in 0..<20 {
                let request = server.request("PUT", body: .bytes(ByteBuffer(string: "abc")))
                #expect(try await transport.perform(request).text() == "x")
            }
            #expect(server.connectionCount == 20)
        }
    }

    @Test func `more transfers than may run wait for their turn, and more than may wait are refused`() async throws {
        let running = Atomic(0)
        let most = Atomic(0)
        let configuration = TransportConfiguration(version: .http1, maximumTransfers: 3, maximumWaiting: 20)
        let mayAnswer = Atomic(false)
        try await withServer(configuration) { peer, _ in
            while try peer.head() != nil {
                let now = running.add(1, ordering: .sequentiallyConsistent).newValue
                most.max(now, ordering: .sequentiallyConsistent)
                while !mayAnswer.load(ordering: .relaxed) { _ = try peer.pause(2) }
                running.subtract(1, ordering: .sequentiallyConsistent)
                try peer.answer()
            }
        } _: { (transport, server) async throws in
            let exchanges = try (0..<23).map { _ in try transport.begin(server.request()) }
            await expectFailure(.busy) { _ = try transport.begin(server.request()) }
            mayAnswer.store(true, ordering: .relaxed)
            for exchange in exchanges { #expect(try await exchange.response().status == 200) }
            let highest = most.load(ordering: .relaxed)
            #expect(highest <= 3)
            #expect(try await eventually { transport.transferCount == 0 })
            #expect(try await transport.perform(server.request()).status == 200)
        }
    }

    @Test func `a transfer does not wait for its turn longer than for a connection`() async throws {
        let configuration = TransportConfiguration(version: .http1, maximumTransfers: 1)
        try await withServer(configuration) { peer, _ in
            _ = try peer.head()
            _ = try peer.drain()
        } _: { (transport, server) async throws in
            let first = try transport.begin(server.request())
            let second = server.request(timeouts: TransportTimeouts(connect: .milliseconds(200)))
            await expectFailure(.busy) { _ = try await transport.perform(second) }
            first.abandon()
        }
    }

    @Test func `a shutdown ends what is under way, and nothing begins behind it`() async throws {
        try await withServer { peer, _ in
            _ = try peer.head()
            _ = try peer.drain()
        } _: { (transport, server) async throws in
            async let code = failure { _ = try await transport.perform(server.request(timeouts: Self.patience)) }
            #expect(try await eventually { server.connectionCount == 1 })
            await transport.shutdown()
            let ended = await code
            #expect(ended == .closed)
            await expectFailure(.closed) { _ = try await transport.perform(server.request()) }
        }
    }

    @Test func `a thousand transfers of all kinds leave no descriptor and no transfer`() async throws {
        try await withServer(TransportConfiguration(version: .http1, maximumIdleConnections: 4)) { peer, number in
            while let head = try peer.head() {
                switch number % 5 {
                case 0: return peer.reset()
                case 1: return try peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
                case 2: return try peer.write("garbage\r\n\r\n")
                default: break
                }
                if head.hasPrefix("PUT") { _ = try peer.bytes(1000) }
                try peer.answer("200 OK", "x")
            }
        } _: { (transport, server) async throws in
            func round(_ count: Int) async {
                await withTaskGroup(of: Void.self) { group in
                    for number in 0..<count {
                        if number >= 16 { await group.next() }
                        group.addTask {
                            let body = TransportRequest.Body.bytes(ByteBuffer(repeating: 1, count: 1000))
                            let request =
                                number.isMultiple(of: 3) ? server.request("PUT", body: body) : server.request()
                            let task = Task { try await transport.perform(request).text() }
                            if number.isMultiple(of: 7) { task.cancel() }
                            _ = try? await task.value
                        }
                    }
                }
            }
            await round(50)
            #expect(try await eventually { transport.transferCount == 0 })
            let before = descriptorCount(onPort: server.port)
            await round(1000)
            #expect(try await eventually { transport.transferCount == 0 })
            // Kept connections, both ends of them in this process.
            #expect(try await eventually { descriptorCount(onPort: server.port) <= before + 16 })
        }
    }
}
