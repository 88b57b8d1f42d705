package import NIOCore

/// HTTP requests to other servers, by libcurl on a thread of its own.
///
/// Bodies are streamed both ways with back-pressure: a transfer holds at most `Transfer.highWaterMark` and a chunk each way,
/// however long its bodies are. Connections are kept and used again. Nothing is tried twice here but what libcurl sends
/// again because a kept connection proved to be closed.
package final class HTTPTransport: Sendable {
    private let engine: CurlEngine

    /// A transport; its thread is called `name`, of which the kernel shows 15 bytes.
    ///
    /// - Throws: `TransportError` with `invalidRequest` when no thread can be made, or libcurl is too old.
    package init(_ configuration: TransportConfiguration = TransportConfiguration(), name: String = "transport") throws
    {
        engine = try CurlEngine(configuration, name: name)
    }

    deinit {
        engine.close()
    }

    /// Begins a request whose body, if it is a stream, the caller writes.
    ///
    /// - Throws: `TransportError` with `invalidRequest`, `busy`, `closed`.
    package func begin(_ request: TransportRequest) throws -> TransportExchange {
        try request.validate()
        return TransportExchange(try engine.start(request))
    }

    /// Sends a request without a body, or with one that is there; returns with the head of the answer.
    ///
    /// - Throws: `TransportError`, `CancellationError`.
    package func perform(_ request: TransportRequest) async throws -> TransportResponse {
        try await begin(request).response()
    }

    /// Sends a request whose body comes from `source`, which gives nil at the end; returns with the head of the answer.
    ///
    /// `source` is called on the caller's executor, first when the server wants the body, and no more once it answered.
    ///
    /// - Throws: `TransportError`, `CancellationError`, what `source` throws.
    package func perform(
        _ request: TransportRequest,
        body source: () async throws -> ByteBuffer?
    ) async throws -> TransportResponse {
        let exchange = try begin(request)
        guard try await exchange.waitUntilBodyIsWanted() else { return try await exchange.response() }
        while let bytes = try await source() {
            guard try await exchange.write(bytes) else { return try await exchange.response() }
        }
        exchange.finish()
        return try await exchange.response()
    }

    /// Ends all transfers and the thread; returns when both are over.
    package func shutdown() async {
        engine.close()
        await engine.waitForEnd()
    }
}

extension HTTPTransport {
    /// How many transfers are under way or wait for their turn.
    package var transferCount: Int { engine.transferCount }
}
