package import Logging
internal import Synchronization

/// Renders pictures in worker processes, a fixed number at a time.
///
/// Every wait for a worker happens on threads of the pool. Without the worker program the pool exists all the same: `render`
/// then throws and `status` says why. A pool that is no longer needed must be shut down.
package final class ImageWorkerPool: Sendable {
    /// What a pool is made of.
    package struct Configuration: Hashable, Sendable {
        /// The worker program; by default `larder-imaged` beside the running executable.
        package var program = WorkerProgram()
        /// What takes frames out of videos, where the worker's kinds have any.
        package var posters = PosterProgram()
        /// How many worker processes run at once.
        package var workers = 2
        /// How many jobs may wait.
        package var queueLength = 256
        /// After how many jobs a worker process is replaced.
        package var jobsPerWorker = 1000

        package init() {}
    }

    private let queue: WorkQueue<RenderRequest>
    private let board: StatusBoard

    /// Starts the threads of a pool, and its workers in the background.
    ///
    /// - Throws: `ImagingError` with `system` when a thread cannot be made.
    package init(_ configuration: Configuration, logger: Logger = Logger(label: "larder.images")) throws {
        precondition(configuration.workers > 0 && configuration.queueLength > 0, "A pool has a worker and a place.")
        let queue = WorkQueue<RenderRequest>(capacity: configuration.queueLength)
        let board = StatusBoard(configuration)
        self.queue = queue
        self.board = board
        for index in 0..<configuration.workers {
            do {
                try NamedThread.start("larder-image-\(index)") {
                    WorkerSlot(index, configuration, queue: queue, board: board, logger: logger).serve()
                    board.slotEnded()
                }
            } catch {
                _ = queue.close()
                throw error
            }
        }
    }

    /// Makes all styles of a job, each in the destination at its place in `destinations`.
    ///
    /// A source that cannot be rendered is a reply with a failure. The source must be a regular file and is read by mapping,
    /// so its offset does not matter; a destination gets exactly its picture and is not synced. Cancellation takes a
    /// waiting job out of the queue; a running one is finished first. Urgent jobs go before the others, but for every ninth.
    /// - Throws: `ImagingError` with `invalidJob`, `queueFull`, `shutDown`, `workerMissing`, `workerBroken`,
    ///   `programMissing`; `CancellationError`.
    package func render(
        _ job: RenderJob,
        source: OpenDescriptor,
        destinations: [OpenDescriptor],
        isUrgent: Bool = false
    ) async throws -> RenderReply {
        guard destinations.count == job.styles.count else {
            throw ImagingError(.invalidJob, "\(job.styles.count) styles need as many destinations.")
        }
        let number = board.nextNumber()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let request = RenderRequest(
                    number: number,
                    job: job,
                    source: source,
                    destinations: destinations,
                    continuation: continuation
                )
                admit(request, isUrgent: isUrgent)
                if Task.isCancelled { withdraw(number) }
            }
        } onCancel: {
            withdraw(number)
        }
    }

    /// Refuses new jobs, fails those that wait, lets the running ones end and the workers go.
    package func shutdown() async {
        let waiting = queue.close()
        board.change { $0.isShutDown = true }
        for request in waiting { request.continuation.resume(throwing: Self.isShutDown) }
        await board.allSlotsEnded()
    }

    /// How the workers are now.
    package var status: WorkerPoolStatus {
        var status = board.status
        status.queued = queue.count
        return status
    }

    private static let isShutDown = ImagingError(.shutDown, "the image workers are shutting down")

    private func admit(_ request: RenderRequest, isUrgent: Bool) {
        switch queue.offer(request, isUrgent: isUrgent) {
        case .accepted: break
        case .closed: request.continuation.resume(throwing: Self.isShutDown)
        case .full:
            request.continuation.resume(
                throwing: ImagingError(.queueFull, "\(board.status.queueLength) pictures wait already")
            )
        }
    }

    private func withdraw(_ number: UInt64) {
        queue.remove { $0.number == number }?.continuation.resume(throwing: CancellationError())
    }
}

/// One call of `render` on its way; whoever takes it out of the queue resumes it.
struct RenderRequest: Sendable {
    let number: UInt64
    let job: RenderJob
    let source: OpenDescriptor
    let destinations: [OpenDescriptor]
    let continuation: CheckedContinuation<RenderReply, any Error>

    /// The same on a frame of the source, which is a video.
    func on(frame: OpenDescriptor, of video: ImageKind) -> RenderRequest {
        RenderRequest(
            number: number,
            job: job.onFrame(of: video),
            source: frame,
            destinations: destinations,
            continuation: continuation
        )
    }
}
