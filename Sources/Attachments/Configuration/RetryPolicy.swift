/// When a job that did not succeed is tried again; pure arithmetic.
package struct RetryPolicy: Sendable, Equatable {
    /// How often a job may begin before it is dead, whatever interrupted it.
    package var maximumAttempts = 10
    /// How often a job may end by signal, timeout or lack of memory before it is dead: a first time and one more alone.
    package var maximumCrashes = 2
    /// The seconds before the second attempt; each further one waits twice as long.
    package var firstDelay: Int64 = 2
    /// The longest wait in seconds.
    package var longestDelay: Int64 = 600
    /// The seconds between looks for a worker that is not installed.
    package var workerCheck: Int64 = 60
    /// The longest rest of the queue on a full disk in seconds; the first is one second, each further one twice as long.
    package var longestPause: Int64 = 60

    /// The policy of a fresh installation.
    package init() {}

    /// The nanoseconds to wait after so many attempts; `jitter`, 0 to 1, spreads them from three quarters to five.
    package func delay(afterAttempts attempts: Int, jitter: Double) -> Int64 {
        let doublings = min(max(attempts - 1, 0), 30)
        let seconds = min(firstDelay << Int64(doublings), longestDelay)
        return Int64(Double(seconds) * 1_000_000_000 * (0.75 + min(max(jitter, 0), 1) / 2))
    }

    /// The seconds for which the queue rests after so many full disks in a row.
    package func pause(after failures: Int) -> Int64 {
        min(1 << Int64(min(max(failures - 1, 0), 30)), longestPause)
    }
}
