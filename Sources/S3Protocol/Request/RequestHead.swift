/// What authentication and routing see of a request: method, target and headers exactly as received.
///
/// Many hold one, so it is made once and shared.
package final class RequestHead: Sendable {
    /// The method in upper case, as sent.
    package let method: String
    /// The target as sent.
    package let target: RequestTarget
    /// The headers in order.
    package let headers: HeaderList

    /// A head of these parts.
    package init(method: String, target: RequestTarget, headers: HeaderList) {
        self.method = method
        self.target = target
        self.headers = headers
    }
}
