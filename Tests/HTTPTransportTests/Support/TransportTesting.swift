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

/// How many descriptors this process has open.
func descriptorCount() -> Int {
    guard let directory = opendir("/proc/self/fd") else { return -1 }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    return count
}

/// Waits, bounded, until something is true.
func eventually(_ condition: () async -> Bool) async throws -> Bool {
    for _ in 0..<500 {
        if await condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return await condition()
}
