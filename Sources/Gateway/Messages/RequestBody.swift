package import NIOCore

/// The body of one request: a stream with back-pressure that belongs to the connection's event loop.
///
/// The handler's task runs on that loop (see `EventLoopExecutor`), so reading needs neither lock nor hop. Reading from
/// elsewhere is a programmer's fault and traps.
package final class RequestBody: @unchecked Sendable {
    // Every access is on `eventLoop`, which each method checks.

    /// Why a body ended before its end.
    package enum Failure: Error, Sendable, Equatable {
        /// The peer closed, or reset, the connection.
        case connectionClosed
        /// The peer sent too little for too long.
        case tooSlow
        /// The framing is wrong.
        case malformed
    }

    /// The most bytes that wait here for the handler; the socket is not read beyond them.
    static let highWaterMark = 256 * 1024

    let eventLoop: any EventLoop
    private var buffer = ByteBuffer()
    private var isComplete = false
    private var failure: Failure?
    private var reader: (minimum: Int, continuation: CheckedContinuation<Void, Never>)?
    private var wantsMore: (() -> Void)?
    /// How many bytes arrived so far.
    private(set) var receivedLength: Int64 = 0
    /// Whether the handler asked for the body; `100 Continue` is sent then.
    private(set) var isWanted = false

    /// A body on this event loop; `wantsMore` is called whenever the handler waits for bytes.
    init(eventLoop: any EventLoop, wantsMore: (() -> Void)?) {
        self.eventLoop = eventLoop
        self.wantsMore = wantsMore
    }

    /// A body that is already complete, for requests without one and for tests.
    package convenience init(_ bytes: ByteBuffer = ByteBuffer(), on eventLoop: any EventLoop) {
        self.init(eventLoop: eventLoop, wantsMore: nil)
        receive(bytes)
        finish()
    }

    /// The next bytes: at least `minimum` of them unless the body ends before; nil at its end.
    ///
    /// - Throws: `Failure` when the body ended early.
    package func next(atLeast minimum: Int = 1) async throws -> ByteBuffer? {
        eventLoop.preconditionInEventLoop()
        let minimum = min(max(minimum, 1), Self.highWaterMark)
        isWanted = true
        while buffer.readableBytes < minimum, !isComplete, failure == nil {
            await withCheckedContinuation { continuation in
                reader = (minimum, continuation)
                wantsMore?()
            }
        }
        if let failure { throw failure }
        guard buffer.readableBytes > 0 else { return nil }
        let bytes = buffer
        buffer = ByteBuffer()
        return bytes
    }

    /// The whole body, for small documents.
    ///
    /// - Returns: nil when it is longer than `limit`.
    package func collect(upTo limit: Int) async throws -> ByteBuffer? {
        var whole = ByteBuffer()
        while var bytes = try await next(atLeast: limit + 1) {
            whole.writeBuffer(&bytes)
            guard whole.readableBytes <= limit else { return nil }
        }
        return whole
    }

    /// A body of the same event loop that is these bytes.
    func replaying(_ bytes: ByteBuffer) -> RequestBody {
        RequestBody(bytes, on: eventLoop)
    }
}

// MARK: - The connection's side

extension RequestBody {
    /// Whether the socket should be read for this body.
    var hasRoom: Bool { buffer.readableBytes < Self.highWaterMark && !isComplete && failure == nil }

    /// How many bytes wait for the handler.
    var waitingLength: Int { buffer.readableBytes }

    /// Whether the handler waits for bytes now.
    var isAwaited: Bool { reader != nil }

    func receive(_ bytes: ByteBuffer) {
        receivedLength += Int64(bytes.readableBytes)
        if buffer.readableBytes == 0 {
            buffer = bytes
        } else {
            buffer.writeImmutableBuffer(bytes)
        }
        guard let reader, buffer.readableBytes >= reader.minimum else { return }
        wake()
    }

    func finish() {
        isComplete = true
        wantsMore = nil
        wake()
    }

    func fail(_ reason: Failure) {
        guard !isComplete, failure == nil else { return }
        failure = reason
        wantsMore = nil
        wake()
    }

    private func wake() {
        guard let waiting = reader else { return }
        reader = nil
        waiting.continuation.resume()
    }
}
