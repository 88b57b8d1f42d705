package import Logging
package import ObjectStorage
package import S3Protocol
import Synchronization

/// Makes styles from the durable queue, several attachments at a time.
///
/// At least once: what a stop or crash interrupts is begun again by the next `run`. Nothing polls: workers sleep until
/// there is a job or the time of one has come. As many jobs are under way as there are workers, so a slow disk slows them
/// down and nothing piles up in memory. Without an image worker, and on a full disk, the queue rests and looks again within a
/// minute; attachments stay pending and say so: failing them would outlast the installation of the worker.
package final class JobQueue: Sendable {
    let configuration: AttachmentsConfiguration
    let store: any RecordStore
    let maker: StyleMaker
    let signals: AttachmentSignals
    let logger: Logger
    let clock: @Sendable () -> Timestamp
    let sleep: @Sendable (Duration) async throws -> Void
    let jitter: @Sendable () -> Double
    private let workers: Int
    private let gate = SoloGate()
    private let stopped = Mutex(false)
    /// Jobs in a row that found the disk full.
    let fullDisks = Mutex(0)

    /// A queue with so many workers: as many as the renderer works on at once.
    package init(
        configuration: AttachmentsConfiguration,
        store: any RecordStore,
        objects: any ObjectStore,
        renderer: any StyleRendering,
        signals: AttachmentSignals,
        workers: Int,
        logger: Logger,
        clock: @escaping @Sendable () -> Timestamp,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }
    ) {
        precondition(workers > 0, "A queue has a worker.")
        self.configuration = configuration
        self.store = store
        self.signals = signals
        self.workers = workers
        self.logger = logger
        self.clock = clock
        self.sleep = sleep
        self.jitter = jitter
        maker = StyleMaker(configuration: configuration, objects: objects, renderer: renderer)
    }

    /// Works until `stop`, or until cancelled; what was running when the process last ended is begun again.
    package func run() async {
        await insist("requeue interrupted jobs") { _ = try await self.store.requeueRunningJobs() }
        await withDiscardingTaskGroup { group in
            for _ in 0..<workers { group.addTask { await self.work() } }
        }
    }

    /// Lets the running jobs end and begins no other; `run` returns then.
    package func stop() {
        stopped.withLock { $0 = true }
        signals.workArrived()
    }

    /// Runs the job whose turn it is; false when none is due.
    package func runNext() async throws -> Bool {
        guard let job = try await store.claimJob(at: clock()) else { return false }
        await gate.pass(alone: job.crashes > 0) { await perform(job) }
        return true
    }

    var isStopping: Bool { Task.isCancelled || stopped.withLock { $0 } }

    private func work() async {
        while !isStopping {
            // Before looking, so that a job which arrives in between is heard of.
            let listener = signals.work.listen(for: .only)
            guard !isStopping else { return }
            do {
                if try await runNext() { continue }
                let next = try await store.nextJobTime()
                _ = await listener.wait(atMost: next.map(duration(until:)), sleep: sleep)
            } catch {
                guard !isStopping else { return }
                logger.error("job queue cannot read its records", metadata: ["error": "\(error)"])
                _ = await listener.wait(atMost: Self.pause, sleep: sleep)
            }
        }
    }

    private func duration(until time: Timestamp) -> Duration {
        .nanoseconds(max(0, time.nanoseconds - clock().nanoseconds))
    }

    /// Repeats a write that must not be lost while the process lives; a restart finds the job running and begins again.
    func insist(_ purpose: String, _ write: @Sendable () async throws -> Void) async {
        while !Task.isCancelled {
            do {
                return try await write()
            } catch {
                logger.error("cannot \(purpose)", metadata: ["error": "\(error)"])
                try? await sleep(Self.pause)
            }
            guard !stopped.withLock({ $0 }) else { return }
        }
    }

    private static let pause = Duration.seconds(5)
}
