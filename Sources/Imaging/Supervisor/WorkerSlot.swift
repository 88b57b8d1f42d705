internal import Logging

/// One thread of a pool and the worker process that it keeps.
final class WorkerSlot {
    private let index: Int
    private let configuration: ImageWorkerPool.Configuration
    private let queue: WorkQueue<RenderRequest>
    private let board: StatusBoard
    private let logger: Logger
    private let posters: PosterMaker
    private var worker: WorkerProcess?
    /// Processes in a row that were lost or did not come up without a job done in between.
    private var losses = 0

    init(
        _ index: Int,
        _ configuration: ImageWorkerPool.Configuration,
        queue: WorkQueue<RenderRequest>,
        board: StatusBoard,
        logger: Logger
    ) {
        self.index = index
        self.configuration = configuration
        self.queue = queue
        self.board = board
        self.logger = logger
        posters = PosterMaker(worker: configuration.program, program: configuration.posters)
    }

    /// Serves jobs until the queue is closed.
    func serve() {
        startAhead()
        while let request = queue.next() {
            board.change { $0.workers[self.index].isBusy = true }
            let result = Result { try perform(request) }
            count(result)
            request.continuation.resume(with: result)
            retire()
        }
        worker?.stop()
        worker = nil
        show(processID: nil, problem: nil)
    }

    /// So that the first job finds a worker and the status tells at once if there can be none.
    private func startAhead() {
        do {
            _ = try readyWorker()
        } catch {
            logger.warning("\(error)")
        }
    }

    private func perform(_ request: RenderRequest) throws -> RenderReply {
        guard let kind = try posters.video(request.source) else { return try render(request) }
        let poster = try posters.poster(of: request.source, kind: kind, limits: request.job.limits)
        var reply: RenderReply
        switch poster.frame {
        case .success(let frame): reply = try render(request.on(frame: frame, of: kind))
        case .failure(let failure): reply = RenderReply(failure: failure)
        }
        reply.usage.cpuMilliseconds += poster.usage.cpuMilliseconds
        reply.usage.peakResidentBytes = max(reply.usage.peakResidentBytes, poster.usage.peakResidentBytes)
        return reply
    }

    private func render(_ request: RenderRequest) throws -> RenderReply {
        for _ in 0..<2 {
            let worker = try readyWorker()
            let start = ContinuousClock.now
            do {
                var reply = try worker.run(request.job, source: request.source, destinations: request.destinations)
                reply.usage.wallMilliseconds = (ContinuousClock.now - start) / .milliseconds(1)
                losses = 0
                return reply
            } catch is ChannelTimeout {
                discard("a picture took longer than \(request.job.limits.wallTime)")
                losses = 0
                let reason = "It took longer than \(request.job.limits.wallTime / .seconds(1)) seconds."
                return RenderReply(failure: RenderFailure(.timeLimit, reason))
            } catch {
                // Often it had died before the job came, so the job itself deserves one more worker.
                discard("\(error)")
                losses += 1
            }
        }
        return RenderReply(failure: RenderFailure(.worker, "Two image workers in a row ended without an answer."))
    }

    private func readyWorker() throws -> WorkerProcess {
        if let worker { return worker }
        do {
            guard configuration.program.isThere else { throw configuration.program.missing }
            queue.pause(backOff)
            let started = try WorkerProcess.start(configuration.program)
            worker = started
            board.change { status in
                status.starts += 1
                status.greeting = started.greeting
            }
            show(processID: started.pid, problem: nil)
            logger.debug("image worker started", metadata: ["pid": "\(started.pid)"])
            warn(of: configuration.program.kinds.filter { !isDecoded($0, by: started) })
            return started
        } catch {
            if (error as? ImagingError)?.code != .workerMissing { losses += 1 }
            show(processID: nil, problem: (error as? ImagingError)?.message ?? "\(error)")
            throw error
        }
    }

    private func isDecoded(_ kind: ImageKind, by worker: WorkerProcess) -> Bool {
        worker.greeting.kinds.contains(kind) && (!kind.isVideo || configuration.posters.isThere)
    }

    /// Pictures of these kinds will fail or wait: a module of the image library, or ffmpeg, is not installed.
    private func warn(of kinds: [ImageKind]) {
        guard !kinds.isEmpty else { return }
        let names = kinds.map(\.rawValue).joined(separator: ", ")
        logger.warning("image worker has no decoder for some kinds", metadata: ["kinds": "\(names)"])
    }

    /// None after the first loss, then 100 ms and its doubles up to 5 s.
    private var backOff: Duration {
        guard losses > 1 else { return .zero }
        return min(.milliseconds(100) * (1 << min(losses - 2, 6)), .seconds(5))
    }

    private func discard(_ reason: String) {
        logger.warning("image worker replaced", metadata: ["reason": "\(reason)"])
        worker?.kill()
        worker = nil
        show(processID: nil, problem: nil)
    }

    /// Replaces a worker that has served its number of jobs.
    private func retire() {
        guard let worker, worker.jobs >= configuration.jobsPerWorker else { return }
        worker.stop()
        self.worker = nil
        show(processID: nil, problem: nil)
        startAhead()
    }

    private func count(_ result: Result<RenderReply, any Error>) {
        board.change { status in
            status.workers[self.index].isBusy = false
            status.jobs += 1
            let reply = try? result.get()
            status.failures += reply == nil || reply?.failure != nil ? 1 : 0
        }
    }

    private func show(processID: Int32?, problem: String?) {
        board.change { status in
            status.workers[self.index].processID = processID
            status.workers[self.index].problem = problem
        }
    }
}
