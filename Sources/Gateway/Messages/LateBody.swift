package import NIOCore
import Synchronization

/// A body that is not known yet when its head goes out: blanks keep the connection alive until it is.
///
/// S3 answers long completions and copies so (AWS, "CompleteMultipartUpload": "Processing … could take several minutes").
package final class LateBody: Sendable {
    /// What goes out at once, before any blank.
    package let beginning: ByteBuffer
    private let result: Mutex<State>

    private enum State {
        case waiting(CheckedContinuation<ByteBuffer?, Never>?)
        case done(ByteBuffer)
    }

    /// A body that begins with these bytes.
    package init(beginning: ByteBuffer) {
        self.beginning = beginning
        result = Mutex(.waiting(nil))
    }

    /// Gives the rest of the body; to be called once.
    package func finish(_ rest: ByteBuffer) {
        let waiting = result.withLock { state -> CheckedContinuation<ByteBuffer?, Never>? in
            defer { state = .done(rest) }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        waiting?.resume(returning: rest)
    }

    /// The rest of the body; nil when it is not there after `wait`.
    ///
    /// Used by one task.
    package func rest(within wait: TimeAmount, on eventLoop: any EventLoop) async -> ByteBuffer? {
        let timer = eventLoop.scheduleTask(in: wait) { [self] in giveUp() }
        defer { timer.cancel() }
        return await withCheckedContinuation { continuation in
            let known = result.withLock { state -> ByteBuffer? in
                if case .done(let rest) = state { return rest }
                state = .waiting(continuation)
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    private func giveUp() {
        let waiting = result.withLock { state -> CheckedContinuation<ByteBuffer?, Never>? in
            guard case .waiting(let continuation?) = state else { return nil }
            state = .waiting(nil)
            return continuation
        }
        waiting?.resume(returning: nil)
    }
}
