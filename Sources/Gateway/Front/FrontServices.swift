import NIOCore
import ObjectStorage
import S3Protocol
import Synchronization

/// What every connection of a front shares.
final class FrontServices: Sendable {
    let configuration: FrontConfiguration
    let responder: any RequestResponder
    let pool: BlockingPool
    let clock: @Sendable () -> Timestamp
    let tasks = TasksInFlight()
    let connections = OpenConnections()

    init(
        configuration: FrontConfiguration,
        responder: any RequestResponder,
        pool: BlockingPool,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.configuration = configuration
        self.responder = responder
        self.pool = pool
        self.clock = clock
    }
}

/// The connections that are open, to count them and to cut those that outlive the grace period.
final class OpenConnections: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    var count: Int { channels.withLock { $0.count } }

    /// Remembers a connection until it closes; returns how many there are with it.
    func insert(_ channel: any Channel) -> Int {
        let id = ObjectIdentifier(channel)
        let count = channels.withLock { channels in
            channels[id] = channel
            return channels.count
        }
        channel.closeFuture.whenComplete { _ in self.channels.withLock { $0[id] = nil } }
        return count
    }

    /// Closes every connection, whatever it is doing.
    func closeAll() {
        for channel in channels.withLock({ Array($0.values) }) { channel.close(promise: nil) }
    }
}

/// Counts request tasks, so that the front can wait for them before the event loops stop.
final class TasksInFlight: Sendable {
    private struct State {
        var count = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.count } }

    func enter() {
        state.withLock { $0.count += 1 }
    }

    func leave() {
        let waiters = state.withLock { state in
            state.count -= 1
            guard state.count == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiters = [] }
            return state.waiters
        }
        waiters.forEach { $0.resume() }
    }

    /// Returns once no task is in flight.
    func untilEmpty() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if state.count > 0 { state.waiters.append(continuation) }
                return state.count == 0
            }
            if isEmpty { continuation.resume() }
        }
    }
}
