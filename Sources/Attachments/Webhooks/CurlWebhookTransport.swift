package import HTTPTransport
import NIOCore
import S3Protocol

/// Requests to endpoints by libcurl.
package struct CurlWebhookTransport: WebhookTransport {
    // What is longer is not worth the connection that is kept by reading it.
    private static let longestAnswer = 64 * 1024

    private let transport: HTTPTransport?

    /// Requests by a transport, whose owner shuts it down; without one there are none.
    package init(_ transport: HTTPTransport?) {
        self.transport = transport
    }

    /// Posts a body and reads the answer's head.
    package func post(
        _ body: [UInt8],
        headers: [(name: String, value: String)],
        to url: String,
        timeout: Int64
    ) async -> WebhookAnswer {
        guard let transport else { return .failure(FailureReason("closed", "No requests are made.")) }
        do {
            let limit = Duration.seconds(timeout)
            var fields = HeaderList()
            for (name, value) in headers { fields.append(name, value) }
            let request = try TransportRequest(
                method: "POST",
                url: url,
                headers: fields,
                body: .bytes(ByteBuffer(bytes: body)),
                timeouts: TransportTimeouts(connect: limit, firstByte: limit, stall: limit, total: limit)
            )
            let response = try await transport.perform(request)
            _ = try? await response.body.collect(upTo: Self.longestAnswer)
            return .status(response.status, retryAfter: response.headers["Retry-After"])
        } catch let error as TransportError {
            return .failure(FailureReason(error.code.rawValue, String(error.message.prefix(500))))
        } catch {
            return .failure(FailureReason("interrupted", "The request was broken off."))
        }
    }
}
