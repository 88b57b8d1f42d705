internal import CLibCurl

/// What the engine's thread does until it is closed; everything here is that thread's alone.
struct EngineLoop {
    /// How often time is looked at while there are transfers.
    private static let tick = Duration.milliseconds(50)
    /// How long it sleeps otherwise, unless it is woken.
    private static let rest = Duration.seconds(3600)

    private let multi: CurlMulti
    private let queue: CommandQueue
    private let configuration: TransportConfiguration
    private var active: [ObjectIdentifier: EasyTransfer] = [:]
    private var waiting: [(start: CommandQueue.Start, since: ContinuousClock.Instant)] = []
    private var nextLook = ContinuousClock.now

    init(_ multi: CurlMulti, _ queue: CommandQueue, _ configuration: TransportConfiguration) {
        self.multi = multi
        self.queue = queue
        self.configuration = configuration
    }

    /// Runs until the queue is closed; every transfer has ended then.
    mutating func run() {
        while true {
            let batch = queue.take()
            let now = ContinuousClock.now
            waiting.append(contentsOf: batch.starts.map { ($0, now) })
            guard !batch.isClosing else { return endAll() }
            startWaiting(at: now)
            for transfer in batch.signalled { look(at: transfer, now) }
            multi.perform()
            while let (easy, code) = multi.nextFinished() { finish(easy, CurlFailure.error(code, easy)) }
            lookAtClocks()
            multi.wait(atMost: active.isEmpty && waiting.isEmpty ? Self.rest : Self.tick)
        }
    }

    private mutating func startWaiting(at now: ContinuousClock.Instant) {
        let count = min(waiting.count, configuration.maximumTransfers - active.count)
        guard count > 0 else { return }
        for (start, _) in waiting.prefix(count) { begin(start, at: now) }
        waiting.removeFirst(count)
    }

    private mutating func begin(_ start: CommandQueue.Start, at now: ContinuousClock.Instant) {
        do {
            let easy = try EasyTransfer(start.request, start.transfer, configuration, at: now)
            guard multi.add(easy) else { throw TransportError(.invalidRequest, "libcurl does not take the request") }
            active[ObjectIdentifier(start.transfer)] = easy
            // What was wanted before it began.
            look(at: start.transfer, now)
        } catch {
            end(start.transfer, error)
        }
    }

    private mutating func look(at transfer: Transfer, _ now: ContinuousClock.Instant) {
        guard let easy = active[ObjectIdentifier(transfer)] else { return }
        let signals = transfer.takeSignals()
        if signals.isAbandoned { return finish(easy, CancellationError()) }
        if signals.resumesSending || signals.resumesReceiving { easy.resume(signals, at: now) }
    }

    private mutating func lookAtClocks() {
        let now = ContinuousClock.now
        guard now >= nextLook else { return }
        nextLook = now + Self.tick
        for easy in active.values {
            if let failure = easy.clock.failure(at: now) { finish(easy, failure) }
        }
        dropLateWaiting(at: now)
    }

    /// Those that waited for their turn longer than connecting may take, and those that nobody wants any more.
    private mutating func dropLateWaiting(at now: ContinuousClock.Instant) {
        guard !waiting.isEmpty else { return }
        var left: [(start: CommandQueue.Start, since: ContinuousClock.Instant)] = []
        for (start, since) in waiting {
            if let reason = reasonToDrop(start, since, now) {
                end(start.transfer, reason)
            } else {
                left.append((start, since))
            }
        }
        waiting = left
    }

    private func reasonToDrop(
        _ start: CommandQueue.Start,
        _ since: ContinuousClock.Instant,
        _ now: ContinuousClock.Instant
    ) -> (any Error)? {
        if start.transfer.takeSignals().isAbandoned { return CancellationError() }
        let limit = (start.request.timeouts ?? configuration.timeouts).connect
        guard now - since >= limit else { return nil }
        return TransportError(.busy, "\(configuration.maximumTransfers) requests were under way for all of \(limit)")
    }

    private mutating func finish(_ easy: EasyTransfer, _ failure: (any Error)?) {
        active[ObjectIdentifier(easy.transfer)] = nil
        multi.remove(easy)
        end(easy.transfer, failure)
    }

    private func end(_ transfer: Transfer, _ failure: (any Error)?) {
        queue.release()
        transfer.end(failure)
    }

    private mutating func endAll() {
        let closed = TransportError(.closed, "the transport was shut down")
        for easy in active.values { finish(easy, closed) }
        for (start, _) in waiting { end(start.transfer, closed) }
        waiting = []
    }
}
