import Synchronization

/// What a request's handlers learn, gathered in one place for the log line, the metrics and later the inspector.
///
/// Shared between the handlers and the front; each field is set at most a few times a request.
package final class RequestTrace: Sendable {
    /// The facts.
    package struct Facts: Sendable {
        /// The operation's name, such as `PutObject` or `CreateAttachment`.
        package var operation: String?
        /// Who asks: an access key id or a token's id, never a secret.
        package var identity: String?
        /// The bucket addressed.
        package var bucket: String?
        /// The key addressed.
        package var key: String?
        /// The code of the refusal.
        package var errorCode: String?
        /// Why it was refused, for the operator.
        package var reason: String?
    }

    private let state = Mutex(Facts())

    /// A trace that knows nothing yet.
    package init() {}

    /// The facts so far.
    package var facts: Facts { state.withLock { $0 } }

    /// Notes facts; the closure must be short.
    package func note(_ change: (inout Facts) -> Void) {
        state.withLock { change(&$0) }
    }
}
