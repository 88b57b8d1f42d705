import Glibc
import HTTPTransport
import NIOCore
import S3Protocol
import ScriptedServers
import Testing

/// A transport and a server for one test, both closed behind it.
func withServer(
    _ configuration: TransportConfiguration = TransportConfiguration(version: .http1),
    _ script: @escaping @Sendable (_ peer: Peer, _ number: Int) throws -> Void,
    _ body: (HTTPTransport, ScriptedServer) async throws -> Void
) async throws {
    let server = try ScriptedServer(script)
    let transport = try HTTPTransport(configuration)
    defer { server.close() }
    do {
        try await body(transport, server)
        await transport.shutdown()
    } catch {
        await transport.shutdown()
        throw error
    }
}

/// The code of the error that `body` ends with.
func failure(_ body: () async throws -> Void) async -> TransportError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? TransportError)?.code
    }
}

/// Passes when `body` ends with a transport's error of this code.
func expectFailure(
    _ code: TransportError.Code,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async {
    let found = await failure(body)
    #expect(found == code, sourceLocation: sourceLocation)
}

extension ScriptedServer {
    func request(
        _ method: String = "GET",
        _ target: String = "/",
        headers: HeaderList = HeaderList(),
        body: TransportRequest.Body = .none,
        expectsContinue: Bool = false,
        timeouts: TransportTimeouts? = nil
    ) -> TransportRequest {
        TransportRequest(
            method: method,
            origin: origin,
            target: target,
            headers: headers,
            body: body,
            expectsContinue: expectsContinue,
            timeouts: timeouts
        )
    }
}

extension TransportResponse {
    func text() async throws -> String {
        String(buffer: try await body.collect(upTo: 1 << 20))
    }
}

/// How many sockets of a TCP port, at either end, this process has open: other tests open files meanwhile, too.
func descriptorCount(onPort port: Int) -> Int {
    (0..<CInt(65_536)).count { descriptor in
        [getsockname, getpeername].contains { ask in
            var address = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let status = withUnsafeMutableBytes(of: &address) { bytes in
                ask(descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, &length)
            }
            return status == 0 && address.sin_family == AF_INET && UInt16(bigEndian: address.sin_port) == port
        }
    }
}

/// Waits until something is true, five minutes at most: all tests at once share few threads.
func eventually(_ condition: () async -> Bool) async throws -> Bool {
    for _ in 0..<30_000 {
        if await condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return await condition()
}
