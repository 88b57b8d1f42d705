import Imaging
import Logging
import ObjectStorage
import S3Protocol
import Synchronization

extension JobQueue {
    /// Runs one job and records its end.
    func perform(_ job: JobRecord) async {
        guard job.attempts <= configuration.retries.maximumAttempts else {
            return await setBack(job, .dead(.interrupted(attempts: job.attempts - 1)))
        }
        do {
            guard let record = try await store.attachment(job.attachmentID) else { return }
            try await conclude(job, record, maker.make(record))
        } catch {
            // A cancelled task cannot write either: the next run finds the job where it was.
            guard !Task.isCancelled else { return }
            await setBack(job, setback(job, after: error))
        }
    }

    private func conclude(
        _ job: JobRecord,
        _ record: AttachmentRecord,
        _ ending: StyleMaker.Ending
    ) async throws {
        switch ending {
        case .made(let outcome): await complete(job, record, outcome)
        case .missing: await setBack(job, .dead(.originalMissing))
        case .interrupted(let failure): await setBack(job, setback(job, after: failure))
        case .changed(let object):
            _ = try await store.restart(
                record.id,
                with: object,
                needsStyles: configuration.needsStyles(object),
                priority: job.priority,
                always: false,
                at: clock()
            )
            signals.changed.ring(record.id)
            signals.workArrived()
        }
    }

    private func complete(_ job: JobRecord, _ record: AttachmentRecord, _ outcome: JobOutcome) async {
        await insist("record finished styles") { [self] in
            guard try await store.completeJob(job, outcome, at: clock()) else {
                return try await discard(outcome.styles, of: record)
            }
            fullDisks.withLock { $0 = 0 }
            log(job, outcome.failure.map { "failed: \($0.code): \($0.message)" } ?? "done", outcome.usage)
            signals.changed.ring(job.attachmentID)
        }
    }

    // Replaced jobs leave styles of other names, which the janitor finds; those of a deleted attachment go at once.
    private func discard(_ styles: [StyleRecord], of record: AttachmentRecord) async throws {
        guard try await store.attachment(record.id) == nil else { return }
        for style in styles { try await maker.objects.remove(style.key, in: record.object.bucket) }
    }

    private func setBack(_ job: JobRecord, _ setback: JobSetback) async {
        await insist("record an unfinished job") { [self] in
            guard try await store.setBack(job, setback, at: clock()) else { return }
            log(job, setback.summary)
            guard case .dead = setback else { return }
            signals.changed.ring(job.attachmentID)
            await removeStrays(of: job)
        }
    }

    private func removeStrays(of job: JobRecord) async {
        do {
            // One that is tried again already needs what it finds.
            guard let record = try await store.attachment(job.attachmentID), record.state == .failed else { return }
            try await maker.removeStrays(of: record)
        } catch {
            logger.info("the janitor will remove what is left of a job", metadata: ["error": "\(error)"])
        }
    }

    private func log(_ job: JobRecord, _ result: String, _ usage: RenderReply.Usage? = nil) {
        var metadata: Logger.Metadata = [
            "attachment": "\(job.attachmentID)", "attempt": "\(job.attempts)", "result": "\(result)",
        ]
        if let usage {
            metadata["cpu_ms"] = "\(Int(usage.cpuMilliseconds.rounded()))"
            metadata["peak_mib"] = "\(usage.peakResidentBytes >> 20)"
        }
        logger.info("styles", metadata: metadata)
    }
}

// MARK: - Setbacks

extension JobQueue {
    private func setback(_ job: JobRecord, after failure: RenderFailure) -> JobSetback {
        let reason = FailureReason(failure)
        guard [.crashed, .timeLimit, .cpuLimit, .outOfMemory].contains(failure.code) else {
            return retryOrDead(job, reason)
        }
        guard job.crashes + 1 < configuration.retries.maximumCrashes else { return .dead(reason) }
        return .crashed(retryAt: time(after: job), reason)
    }

    private func setback(_ job: JobRecord, after error: any Error) -> JobSetback {
        if let failure = error as? RenderFailure { return setback(job, after: failure) }
        guard let error = error as? ImagingError else {
            let reason = FailureReason("storage", Self.sentence(error))
            return StoreFault(error).isFull ? fullDisk(reason) : retryOrDead(job, reason)
        }
        let reason = FailureReason(error.code.rawValue, error.message)
        return switch error.code {
        case .workerMissing, .workerBroken:
            rest(configuration.retries.workerCheck, reason)
        // Others need no such program.
        case .programMissing:
            .postpone(until: clock().advanced(bySeconds: configuration.retries.workerCheck), reason)
        case .queueFull, .shutDown:
            .postpone(until: clock().advanced(bySeconds: configuration.retries.firstDelay), nil)
        case .invalidJob: .dead(reason)
        default: retryOrDead(job, reason)
        }
    }

    // What does not fit comes back after the longest pause, so that what does is not kept waiting by it.
    private func fullDisk(_ reason: FailureReason) -> JobSetback {
        let failures = fullDisks.withLock { failures in
            failures += 1
            return failures
        }
        let again = clock().advanced(bySeconds: configuration.retries.longestPause)
        return rest(configuration.retries.pause(after: failures), again: again, reason)
    }

    private func rest(_ seconds: Int64, again: Timestamp? = nil, _ reason: FailureReason) -> JobSetback {
        let end = clock().advanced(bySeconds: seconds)
        return .pause(JobPause(until: end, reason: reason), again: again ?? clock())
    }

    private func retryOrDead(_ job: JobRecord, _ reason: FailureReason) -> JobSetback {
        guard job.attempts < configuration.retries.maximumAttempts else { return .dead(reason) }
        return .retry(at: time(after: job), reason)
    }

    private func time(after job: JobRecord) -> Timestamp {
        let delay = configuration.retries.delay(afterAttempts: job.attempts, jitter: jitter())
        return Timestamp(nanoseconds: clock().nanoseconds + delay)
    }

    // Clients see it: an error's own text could tell them paths.
    private static func sentence(_ error: any Error) -> String {
        guard let refusal = (error as? any S3ErrorConvertible)?.s3Error else {
            return "The styles could not be stored."
        }
        return "The styles could not be stored: \(refusal.code.rawValue)."
    }
}

extension FailureReason {
    fileprivate static func interrupted(attempts: Int) -> FailureReason {
        FailureReason("interrupted", "The server stopped \(attempts) times while the styles were being made.")
    }
}

extension JobSetback {
    fileprivate var summary: String {
        switch self {
        case .retry(let time, let reason): "again at \(time.iso8601): \(reason.code): \(reason.message)"
        case .crashed(let time, let reason): "alone at \(time.iso8601): \(reason.code): \(reason.message)"
        case .postpone(let time, let reason): "not before \(time.iso8601): \(reason?.message ?? "no room")"
        case .pause(let pause, _): "all rest until \(pause.until.iso8601): \(pause.reason.message)"
        case .dead(let reason): "dead: \(reason.code): \(reason.message)"
        }
    }
}
