/// How requests reach endpoints.
package protocol WebhookTransport: Sendable {
    /// Posts a body and reads the answer's head; what goes wrong is an answer too.
    ///
    /// Redirects are not followed, and the answer's body does not matter. Takes no longer than `timeout` seconds.
    func post(
        _ body: [UInt8],
        headers: [(name: String, value: String)],
        to url: String,
        timeout: Int64
    ) async -> WebhookAnswer
}

/// What came of a request to an endpoint.
package enum WebhookAnswer: Sendable, Equatable {
    /// It answered, with this `Retry-After`.
    case status(Int, retryAfter: String?)
    /// It did not.
    case failure(FailureReason)
}
