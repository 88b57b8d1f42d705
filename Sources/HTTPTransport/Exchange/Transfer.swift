import NIOCore
import S3Protocol
import Synchronization

/// One transfer as both sides see it: the task that wants it, and the engine's thread that moves its bytes.
///
/// Two bounded buffers and a few facts under one lock. The task waits in one of two places, to write or to read, and looks
/// again when it is woken; the engine never waits but pauses its transfer and is signalled when there is room or more.
final class Transfer: Sendable {
    /// Bytes that wait for the other side before it is told to wait.
    static let highWaterMark = 256 << 10

    typealias Head = (status: Int, headers: HeaderList, certificateEnd: Timestamp?)

    private struct State {
        enum Place {
            case writing, reading
        }

        var outgoing: [ByteBuffer] = []
        var outgoingLength = 0
        var isWritten = false
        /// The engine asked for bytes of the body.
        var isBodyWanted = false
        var head: Head?
        var incoming = ByteBuffer()
        var isOver = false
        var failure: (any Error)?

        var isSendPaused = false
        var isReceivePaused = false
        var isAbandoned = false
        /// The engine knows that it has to look here.
        var isSignalled = false

        var writer: CheckedContinuation<Void, Never>?
        var reader: CheckedContinuation<Void, Never>?

        /// What is not taken up any more: bytes behind a refusal or behind the end.
        var refusesBody: Bool { isOver || (head?.status ?? 0) >= 300 }

        /// The answer is there to its end.
        var isWhole: Bool { isOver && failure == nil }

        mutating func wait(_ continuation: CheckedContinuation<Void, Never>, _ place: Place) {
            switch place {
            case .writing: writer = continuation
            case .reading: reader = continuation
            }
        }

        mutating func takeWaiting() -> [CheckedContinuation<Void, Never>] {
            defer { (writer, reader) = (nil, nil) }
            return [writer, reader].compactMap { $0 }
        }
    }

    private let state: Mutex<State>
    private let signal: @Sendable (Transfer) -> Void

    /// A transfer; `signal` has the engine call `takeSignals` soon.
    init(signal: @escaping @Sendable (Transfer) -> Void) {
        state = Mutex(State())
        self.signal = signal
    }

    /// Changes the state, and signals the engine when the closure says so.
    private func change(_ body: (inout State) -> Bool) {
        let isNews = state.withLock { state in
            guard body(&state), !state.isOver, !state.isSignalled else { return false }
            state.isSignalled = true
            return true
        }
        if isNews { signal(self) }
    }
}

// MARK: - The task's side

extension Transfer {
    /// Hands bytes of the body over; waits while too many are there already.
    ///
    /// - Returns: false when no more is wanted: the answer is there, or the transfer is over.
    func write(_ bytes: ByteBuffer) async throws -> Bool {
        try await waitToWrite { $0.outgoingLength < Self.highWaterMark }
        guard bytes.readableBytes > 0 else { return !state.withLock { $0.refusesBody } }
        var isTaken = false
        change { state in
            guard !state.refusesBody else { return false }
            isTaken = true
            state.outgoing.append(bytes)
            state.outgoingLength += bytes.readableBytes
            return state.isSendPaused
        }
        return isTaken
    }

    /// Waits until the server wants the body.
    ///
    /// - Returns: false when it does not: the answer is there, or the transfer is over.
    func waitUntilBodyIsWanted() async throws -> Bool {
        try await waitToWrite { $0.isBodyWanted }
        return !state.withLock { $0.refusesBody }
    }

    /// The body is complete.
    func finishWriting() {
        change { state in
            state.isWritten = true
            return state.isSendPaused
        }
    }

    /// The head of the answer.
    func responseHead() async throws -> Head {
        while true {
            try await wait(.reading) { $0.head != nil }
            if let head = state.withLock({ $0.head }) { return head }
        }
    }

    /// The next bytes of the answer's body; nil at its end.
    func nextIncoming() async throws -> ByteBuffer? {
        while true {
            try await wait(.reading) { $0.incoming.readableBytes > 0 || $0.isWhole }
            var (bytes, isWhole) = (ByteBuffer(), false)
            change { state in
                swap(&bytes, &state.incoming)
                isWhole = state.isWhole
                return state.isReceivePaused
            }
            if bytes.readableBytes > 0 { return bytes }
            if isWhole { return nil }
        }
    }

    /// Nobody wants this transfer any more.
    func abandon() {
        change { state in
            state.isAbandoned = true
            return true
        }
    }

    private func waitToWrite(_ isReady: (State) -> Bool) async throws {
        try await wait(.writing) { $0.refusesBody || isReady($0) }
    }

    /// Waits until the state is as wanted.
    ///
    /// - Throws: what ended the transfer before; `CancellationError`, and the transfer is given up.
    private func wait(
        _ place: State.Place,
        until isReady: (State) -> Bool
    ) async throws {
        try await withTaskCancellationHandler {
            while try !state.withLock({ state in try Self.isDone(state, isReady) }) {
                await withCheckedContinuation { continuation in
                    let isLate = state.withLock { state in
                        if state.isAbandoned || state.failure != nil || isReady(state) { return true }
                        state.wait(continuation, place)
                        return false
                    }
                    if isLate { continuation.resume() }
                }
            }
        } onCancel: {
            abandon()
            for waiting in state.withLock({ $0.takeWaiting() }) { waiting.resume() }
        }
    }

    private static func isDone(_ state: State, _ isReady: (State) -> Bool) throws -> Bool {
        if isReady(state) { return true }
        if let failure = state.failure { throw failure }
        if state.isAbandoned { throw CancellationError() }
        return false
    }
}

// MARK: - The engine's side

extension Transfer {
    /// What the task wants of the engine.
    struct Signals: Equatable {
        var resumesSending = false
        var resumesReceiving = false
        var isAbandoned = false
    }

    /// What there is to send.
    enum Outgoing {
        case bytes([ByteBuffer])
        case later
        case end
        /// The answer is there and the rest of the body is not wanted.
        case refused
    }

    /// What the task wants since the last time.
    func takeSignals() -> Signals {
        state.withLock { state in
            state.isSignalled = false
            var signals = Signals(isAbandoned: state.isAbandoned)
            if state.isSendPaused, !state.outgoing.isEmpty || state.isWritten || state.refusesBody {
                state.isSendPaused = false
                signals.resumesSending = true
            }
            if state.isReceivePaused, state.incoming.readableBytes < Self.highWaterMark {
                state.isReceivePaused = false
                signals.resumesReceiving = true
            }
            return signals
        }
    }

    /// The next bytes to send; after `later` sending is paused until it is signalled.
    func takeOutgoing() -> Outgoing {
        let (outgoing, writer) = state.withLock { state in
            state.isBodyWanted = true
            let outgoing = Self.outgoing(of: &state)
            defer { state.writer = nil }
            return (outgoing, state.writer)
        }
        writer?.resume()
        return outgoing
    }

    private static func outgoing(of state: inout State) -> Outgoing {
        if !state.outgoing.isEmpty {
            defer { (state.outgoing, state.outgoingLength) = ([], 0) }
            return .bytes(state.outgoing)
        }
        if state.isWritten { return .end }
        if state.refusesBody { return .refused }
        state.isSendPaused = true
        return .later
    }

    /// The head of the answer came.
    func receive(_ head: Head) {
        let waiting = state.withLock { state in
            state.head = head
            return state.takeWaiting()
        }
        for continuation in waiting { continuation.resume() }
        // A body that is held up would hold up the end of the transfer, too.
        change { $0.isSendPaused && $0.refusesBody }
    }

    /// Bytes of the answer's body came.
    ///
    /// - Returns: false when there is no room for them: receiving is paused until it is signalled.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let (isTaken, reader) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
            guard state.incoming.readableBytes < Self.highWaterMark else {
                state.isReceivePaused = true
                return (false, nil)
            }
            state.incoming.writeBytes(bytes)
            defer { state.reader = nil }
            return (true, state.reader)
        }
        reader?.resume()
        return isTaken
    }

    /// Has sending wait until the engine is signalled.
    func holdSending() {
        state.withLock { $0.isSendPaused = true }
    }

    /// Has the engine look at sending again.
    func resumeSending() {
        change { $0.isSendPaused }
    }

    /// The transfer is over, well or not.
    func end(_ failure: (any Error)?) {
        let waiting = state.withLock { state in
            state.isOver = true
            state.failure =
                failure ?? (state.head == nil ? TransportError(.invalidResponse, "the server answered nothing") : nil)
            (state.outgoing, state.outgoingLength) = ([], 0)
            return state.takeWaiting()
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// Who holds one wants the transfer: with the last of them it is given up.
final class TransferLease: Sendable {
    let transfer: Transfer

    init(_ transfer: Transfer) {
        self.transfer = transfer
    }

    deinit {
        transfer.abandon()
    }
}
