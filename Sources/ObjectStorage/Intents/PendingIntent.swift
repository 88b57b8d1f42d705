/// Intents on their way to the disk together.
final class PendingIntent: Sendable {
    private let outcome = Monitor<Result<IntentLog.Token, any Error>?>(nil)

    /// Waits until the intents are on disk; blocks, so only on the blocking pool.
    func wait() throws -> IntentLog.Token {
        try outcome.wait { $0 }.get()
    }

    func finish(_ result: Result<IntentLog.Token, any Error>) {
        outcome.withLock { $0 = result }
        outcome.broadcast()
    }
}
