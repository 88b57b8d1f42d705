import Synchronization

/// Wakes tasks that wait for a subject; nothing polls.
///
/// A listener that exists before the state is read misses nothing: a ring between reading and waiting ends the wait at
/// once.
package final class Bell<Subject: Hashable & Sendable>: Sendable {
    private struct Weak {
        weak var listener: BellListener?
    }

    private let listeners = Mutex<[Subject: [Weak]]>([:])

    /// A bell that nobody listens to yet.
    package init() {}

    /// Begins to listen, for as long as the listener lives.
    package func listen(for subject: Subject) -> BellListener {
        let listener = BellListener()
        listeners.withLock { listeners in
            var others = listeners[subject, default: []]
            others.removeAll { $0.listener == nil }
            listeners[subject] = others + [Weak(listener: listener)]
        }
        return listener
    }

    /// Wakes all who listen for a subject.
    package func ring(_ subject: Subject) {
        let woken = listeners.withLock { listeners in
            let found = listeners[subject, default: []].compactMap(\.listener)
            if found.isEmpty { listeners[subject] = nil }
            return found
        }
        for listener in woken { listener.wake() }
    }

    /// How many listen for a subject.
    package func listenerCount(for subject: Subject) -> Int {
        listeners.withLock { $0[subject, default: []].count { $0.listener != nil } }
    }
}

/// One who listens to a bell; waited on by one task.
package final class BellListener: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func wake() {
        continuation.yield()
    }

    /// Waits for a ring since the last wait; false when so long passed without one (nil: never) or on cancellation.
    ///
    /// After false the listener hears nothing more: make a new one.
    package func wait(
        atMost duration: Duration?,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { [stream] in
                for await _ in stream { return true }
                return false
            }
            if let duration {
                group.addTask {
                    try? await sleep(duration)
                    return false
                }
            }
            let isRung = await group.next() ?? false
            group.cancelAll()
            return isRung
        }
    }
}
