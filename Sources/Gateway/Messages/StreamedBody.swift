package import NIOCore

/// A body that comes from elsewhere while it goes out: it is asked for as fast as the client reads.
package struct StreamedBody: Sendable {
    /// How many bytes it has; nil when nobody knows, and it goes out in chunks.
    package let length: Int64?
    /// The next bytes, nil at the end; when it throws, the connection is cut, so that the client notices.
    package let next: @Sendable () async throws -> ByteBuffer?

    /// A body of what `next` gives.
    package init(length: Int64?, next: @escaping @Sendable () async throws -> ByteBuffer?) {
        self.length = length
        self.next = next
    }
}
