import Imaging
import S3Protocol
import Synchronization

/// Remembers for a while which results cannot be had, so that asking again costs nothing.
final class FailureMemory: Sendable {
    /// The most failures that are remembered; the oldest go first.
    static let capacity = 4096

    private struct State {
        var failures: [String: (failure: RenderFailure, until: Timestamp)] = [:]
        var order: [String] = []
    }

    private let lifetime: Int64
    private let state = Mutex(State())

    /// A memory that forgets after so many seconds.
    init(lifetime: Int64) {
        self.lifetime = lifetime
    }

    /// Why a result cannot be had, and the seconds until it is tried again.
    func failure(of name: String, at now: Timestamp) -> (failure: RenderFailure, seconds: Int64)? {
        state.withLock { state in
            guard let found = state.failures[name], now < found.until else { return nil }
            return (found.failure, max(1, found.until.seconds - now.seconds))
        }
    }

    /// Remembers a failure, unless it was none of the picture's.
    func note(_ failure: RenderFailure, of name: String, at now: Timestamp) {
        guard lifetime > 0, failure.code != .worker, failure.code != .destination else { return }
        state.withLock { state in
            if state.failures.updateValue((failure, now.advanced(bySeconds: lifetime)), forKey: name) == nil {
                state.order.append(name)
            }
            guard state.order.count > Self.capacity else { return }
            // Many at once, since the front of an array is not taken away for nothing.
            for old in state.order.prefix(Self.capacity / 8) { state.failures[old] = nil }
            state.order.removeFirst(Self.capacity / 8)
        }
    }

    /// How many are remembered.
    var count: Int { state.withLock { $0.failures.count } }
}
