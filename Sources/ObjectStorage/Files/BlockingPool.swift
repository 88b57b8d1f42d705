import NIOPosix

/// Threads for calls that block: the only place where files are touched.
///
/// Sized for the disk, not for the cores: concurrent syncs share a commit of the file system's journal.
package final class BlockingPool: Sendable {
    /// The default number of threads.
    package static let defaultThreadCount = 32

    private let threads: NIOThreadPool

    /// A running pool.
    package init(threadCount: Int = BlockingPool.defaultThreadCount) {
        threads = NIOThreadPool(numberOfThreads: threadCount)
        threads.start()
    }

    /// Runs `work` on a thread of the pool and returns what it returns; not cancelled once it was begun.
    package func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
            threads.submit { state in
                guard state == .active else {
                    continuation.resume(throwing: StorageError(.closed, "the store is closed"))
                    return
                }
                continuation.resume(with: Result(catching: work))
            }
        }
    }

    /// Begins `work` on a thread of the pool without waiting for it; after `shutdown` it is told that it is not.
    func start(_ work: @escaping @Sendable (_ isRunning: Bool) -> Void) {
        threads.submit { work($0 == .active) }
    }

    /// Ends all threads after what was begun.
    package func shutdown() async {
        try? await threads.shutdownGracefully()
    }
}
