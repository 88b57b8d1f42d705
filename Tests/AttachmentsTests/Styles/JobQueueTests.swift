import Attachments
import Imaging
import NIOCore
import ObjectStorage
import S3Protocol
import Synchronization
import Testing

let workerMissing = ImagingError(.workerMissing, "no worker")

@Suite struct JobQueueTests {
    private func record(_ fixture: Fixture, _ id: Int64 = 1) async throws -> AttachmentRecord {
        try await fixture.service.get(id, client: fixture.client)
    }

    private func jobs(_ fixture: Fixture, _ state: JobRecord.State) async throws -> [JobRecord] {
        try await fixture.store.jobs(state, limit: 10)
    }

    @Test func `a job makes all styles, keeps them as objects and records them`() async throws {
        let fixture = try Fixture()
        let attachment = try await fixture.attach()
        #expect(try await fixture.queue.runNext())
        #expect(try await !fixture.queue.runNext())
        let done = try await record(fixture)
        #expect(done.state == .done && done.size?.width == 800 && done.size?.height == 600)
        #expect(done.styles.map(\.name) == ["medium", "thumb"])
        for (style, spec) in zip(done.styles, [StyleSpec.medium, .thumb]) {
            let digest = StyleNaming.digest(of: spec, for: attachment.object)
            #expect(style.digest == digest && digest.utf8.count == 8)
            #expect(style.key.string == "styles/1/\(style.name)-\(digest).jpg")
            let stored = try #require(fixture.objects.stored(style.key.string, in: uploads))
            #expect(String(buffer: stored.bytes) == "\(style.name) of pixels")
            #expect(stored.record.attributes.headers["content-type"] == "image/jpeg")
            #expect(stored.record.attributes.headers["cache-control"] == "private, max-age=31536000, immutable")
        }
        #expect(try await fixture.store.jobCounts().isEmpty)
    }

    @Test func `another original or another definition has another name`() throws {
        let object = PinnedObject(
            bucket: uploads,
            key: try ObjectKey("a"),
            etag: ETag("1"),
            version: .null,
            contentType: "image/png",
            byteSize: 1
        )
        let other = PinnedObject(
            bucket: uploads,
            key: try ObjectKey("a"),
            etag: ETag("2"),
            version: .null,
            contentType: "image/png",
            byteSize: 1
        )
        let digests = [
            StyleNaming.digest(of: .thumb, for: object), StyleNaming.digest(of: .medium, for: object),
            StyleNaming.digest(of: .thumb, for: other),
            StyleNaming.digest(of: try StyleSpec(name: "thumb", width: 151, height: 150), for: object),
        ]
        #expect(Set(digests).count == 4)
        #expect(StyleNaming.digest(of: .thumb, for: object) == digests[0])
    }

    @Test(arguments: [RenderFailure.Code.unsupported, .damaged, .tooLarge, .tooManyPixels, .tooManyFrames])
    func `a refused picture is failed at once, with its reason`(code: RenderFailure.Code) async throws {
        let fixture = try Fixture()
        _ = try await fixture.attach()
        fixture.renderer.next(failure: code, "It is so.")
        #expect(try await fixture.queue.runNext())
        let failed = try await record(fixture)
        #expect(failed.state == .failed && failed.reason == FailureReason(code.rawValue, "It is so."))
        #expect(try await jobs(fixture, .dead).map(\.reason) == [failed.reason])
        #expect(fixture.objects.keys(in: uploads) == [failed.object.key.string])
    }

    @Test(arguments: [RenderFailure.Code.crashed, .timeLimit, .cpuLimit, .outOfMemory])
    func `a picture that takes its process down is tried once more, then dead`(code: RenderFailure.Code) async throws {
        let fixture = try Fixture()
        _ = try await fixture.attach()
        fixture.renderer.next(failure: code)
        fixture.renderer.next(failure: code)
        #expect(try await fixture.queue.runNext())
        #expect(try await record(fixture).state == .pending)
        #expect(try await !fixture.queue.runNext())
        fixture.clock.advance(bySeconds: 2)
        #expect(try await fixture.queue.runNext())
        #expect(try await record(fixture).state == .failed)
        fixture.clock.advance(bySeconds: 10_000)
        #expect(try await !fixture.queue.runNext())
        #expect(try await jobs(fixture, .dead).map(\.reason?.code) == [code.rawValue])
    }

    @Test func `a crash that does not repeat is forgotten`() async throws {
        let fixture = try Fixture()
        _ = try await fixture.attach()
        fixture.renderer.next(failure: .crashed)
        #expect(try await fixture.queue.runNext())
        fixture.clock.advance(bySeconds: 2)
        #expect(try await fixture.queue.runNext())
        #expect(try await record(fixture).state == .done)
    }

    @Test func `without a worker the job waits, says so, and is not worn out`() async throws {
        let fixture = try Fixture()
        _ = try await fixture.attach()
        for _ in 0..<20 {
            fixture.renderer.next(.error(workerMissing))
            #expect(try await fixture.queue.runNext())
            #expect(try await record(fixture).reason == FailureReason("worker_missing", "no worker"))
            #expect(try await record(fixture).state == .pending)
            #expect(try await !fixture.queue.runNext())
            fixture.clock.advance(bySeconds: 60)
        }
        #expect(try await fixture.queue.runNext())
        #expect(try await record(fixture).state == .done)
        #expect(try await record(fixture).reason == nil)
    }

    @Test func `trouble in the store is tried again with growing pauses, then given up`() async throws {
        let fixture = try Fixture()
        _ = try await fixture.attach()
        var pauses: [Int64] = []
        for attempt in 1...10 {
            fixture.objects.fail(attempt.isMultiple(of: 2) ? .upload : .commit, with: .insufficientStorage)
            #expect(try await fixture.queue.runNext())
            guard let job = try await jobs(fixture, .queued).first else { break }
            pauses.append(job.notBefore.seconds - fixture.clock.now.seconds)
            fixture.clock.advance(bySeconds: pauses.last ?? 0)
        }
        #expect(pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512])
        let failed = try await record(fixture)
        #expect(failed.state == .failed)
        #expect(failed.reason == FailureReason("storage", "The styles could not be stored: InsufficientStorage."))
        #expect(fixture.objects.state.withLock { $0.aborted } == 5)
    }

    @Test func `styles that could be made stay when another could not`() async throws {
        let fixture = try Fixture()
        _ = try await fixture.attach()
        fixture.renderer.next(
            .reply(
                RenderReply(
                    source: FakeRenderer.source,
                    styles: [
                        .init(name: "thumb", failure: RenderFailure(.styleTooLarge, "Too large.")),
                        .init(
                            name: "medium",
                            picture: .init(kind: .png, size: PixelSize(width: 1, height: 1), bytes: 0)
                        ),
                    ]
                )
            )
        )
        #expect(try await fixture.queue.runNext())
        let failed = try await record(fixture)
        #expect(failed.state == .failed && failed.reason?.code == "style_too_large")
        #expect(failed.styles.map(\.name) == ["medium"] && failed.size?.width == 800)
    }

    @Test func `a style that is there already is not made again`() async throws {
        let fixture = try Fixture()
        _ = try await fixture.attach()
        let failed = RenderReply.Style(name: "thumb", failure: RenderFailure(.styleTooLarge, "Too large."))
        let made = RenderReply.Picture(kind: .png, size: PixelSize(width: 1, height: 1), bytes: 0)
        fixture.renderer.next(
            .reply(RenderReply(source: FakeRenderer.source, styles: [failed, .init(name: "medium", picture: made)]))
        )
        #expect(try await fixture.queue.runNext())
        let first = try await record(fixture).styles
        let inventory = JobInventory(store: fixture.store, signals: fixture.signals, clock: fixture.now)
        #expect(try await inventory.retry(JobFilter()) == 1)
        #expect(try await fixture.queue.runNext())
        let done = try await record(fixture)
        #expect(done.state == .done && done.styles.map(\.name) == ["medium", "thumb"])
        // The one that was there is the same, though the renderer would make another kind of picture now.
        #expect(done.styles[0] == first[0] && done.styles[0].contentType == "image/png")
        #expect(fixture.renderer.styles == [["thumb", "medium"], ["thumb"]])
    }

    @Test func `a style whose object has gone is made again`() async throws {
        let fixture = try Fixture()
        _ = try await fixture.attach()
        let failed = RenderReply.Style(name: "thumb", failure: RenderFailure(.styleTooLarge, "Too large."))
        let made = RenderReply.Picture(kind: .png, size: PixelSize(width: 1, height: 1), bytes: 0)
        fixture.renderer.next(
            .reply(RenderReply(source: FakeRenderer.source, styles: [failed, .init(name: "medium", picture: made)]))
        )
        #expect(try await fixture.queue.runNext())
        let key = try await record(fixture).styles[0].key
        try await fixture.objects.delete(key, in: uploads, precondition: .none)
        let inventory = JobInventory(store: fixture.store, signals: fixture.signals, clock: fixture.now)
        #expect(try await inventory.retry(JobFilter()) == 1)
        #expect(try await fixture.queue.runNext())
        #expect(fixture.renderer.styles == [["thumb", "medium"], ["thumb", "medium"]])
        #expect(try await record(fixture).state == .done)
    }

    @Test(arguments: [-1, 1, Int.max])
    func `a worker that lies about its result is not believed`(bytes: Int) async throws {
        let fixture = try Fixture()
        _ = try await fixture.attach()
        let picture = RenderReply.Picture(kind: .png, size: PixelSize(width: 1, height: 1), bytes: bytes)
        let styles = ["thumb", "medium"].map { RenderReply.Style(name: $0, picture: picture) }
        fixture.renderer.next(.reply(RenderReply(source: FakeRenderer.source, styles: styles)))
        #expect(try await fixture.queue.runNext())
        #expect(try await record(fixture).reason?.code == "worker")
        fixture.clock.advance(bySeconds: 2)
        #expect(try await fixture.queue.runNext())
        #expect(try await record(fixture).state == .done)
    }

    @Test func `a job whose original has gone is dead`() async throws {
        let fixture = try Fixture()
        let attachment = try await fixture.attach()
        try await fixture.objects.delete(attachment.object.key, in: uploads, precondition: .none)
        #expect(try await fixture.queue.runNext())
        #expect(try await jobs(fixture, .dead).map(\.reason?.code) == ["original_missing"])
    }

    @Test func `an original that changed before its job is pinned anew`() async throws {
        let fixture = try Fixture()
        let attachment = try await fixture.attach()
        try await fixture.objects.put(attachment.object.key.string, in: uploads, "new", type: "image/jpeg")
        #expect(try await fixture.queue.runNext())
        #expect(fixture.renderer.sources.isEmpty)
        #expect(try await fixture.queue.runNext())
        #expect(fixture.renderer.sources == ["new"])
        #expect(try await record(fixture).state == .done)
    }

    @Test func `styles that come too late for a changed object are not recorded`() async throws {
        let fixture = try Fixture()
        let attachment = try await fixture.attach()
        fixture.renderer.before {
            guard fixture.renderer.sources == ["pixels"] else { return }
            try! await fixture.objects.put(attachment.object.key.string, in: uploads, "new", type: "image/jpeg")
            _ = try! await fixture.service.get(1, client: fixture.client)
        }
        #expect(try await fixture.queue.runNext())
        #expect(try await record(fixture).state == .pending)
        #expect(try await fixture.queue.runNext())
        let done = try await record(fixture)
        #expect(done.state == .done && done.object.byteSize == 3)
    }

    @Test func `styles that come too late for a deleted attachment are removed`() async throws {
        let fixture = try Fixture()
        let attachment = try await fixture.attach()
        fixture.renderer.before { try! await fixture.service.delete(attachment.id, client: fixture.client) }
        #expect(try await fixture.queue.runNext())
        #expect(fixture.objects.keys(in: uploads).isEmpty)
    }

    @Test func `what ran when the process ended is run again by the next`() async throws {
        let fixture = try Fixture()
        _ = try await fixture.attach()
        let job = try #require(try await fixture.store.claimJob(at: fixture.clock.now))
        #expect(job.attempts == 1)
        try fixture.store.close()
        let store = try SQLiteRecordStore(path: fixture.folder.path + "/records.sqlite")
        #expect(try await store.jobs(.running, limit: 10).map(\.id) == [job.id])
        #expect(try await store.claimJob(at: fixture.clock.now) == nil)
        let queue = fixture.queue(on: store)
        let listener = fixture.signals.changed.listen(for: 1)
        let run = Task { await queue.run() }
        #expect(await listener.wait(atMost: nil, sleep: sleepForEver))
        queue.stop()
        await run.value
        #expect(try await store.attachment(1)?.state == .done)
        #expect(try await store.jobCounts().isEmpty)
    }

    @Test func `a job that ends the server each time is given up`() async throws {
        let fixture = try Fixture()
        _ = try await fixture.attach()
        for _ in 0..<10 {
            _ = try await fixture.store.claimJob(at: fixture.clock.now)
            #expect(try await fixture.store.requeueRunningJobs() == 1)
        }
        #expect(try await fixture.queue.runNext())
        #expect(fixture.renderer.sources.isEmpty)
        #expect(try await record(fixture).reason?.code == "interrupted")
    }

    @Test func `a running queue is woken by claims and drains on stop`() async throws {
        let fixture = try Fixture()
        let queue = fixture.queue
        let run = Task { await queue.run() }
        while fixture.signals.work.listenerCount(for: .only) < 2 { await Task.yield() }
        for _ in 0..<6 {
            let attachment = try await fixture.attach()
            #expect(try await fixture.service.wait(for: attachment.id, client: fixture.client, upTo: 30).state == .done)
        }
        queue.stop()
        await run.value
    }

    @Test func `stop lets the running job end and begins no other`() async throws {
        let fixture = try Fixture()
        let queue = fixture.queue(on: fixture.store, workers: 1)
        _ = try await fixture.attach()
        _ = try await fixture.attach()
        fixture.renderer.before { queue.stop() }
        await queue.run()
        #expect(try await record(fixture, 1).state == .done)
        #expect(try await record(fixture, 2).state == .pending)
        #expect(try await fixture.store.jobCounts() == [.queued: 1])
    }

    @Test func `the second try of a crashed job runs alone`() async throws {
        let fixture = try Fixture()
        let queue = fixture.queue
        for _ in 0..<3 { _ = try await fixture.attach() }
        fixture.renderer.next(failure: .crashed)
        #expect(try await queue.runNext())
        fixture.clock.advance(bySeconds: 2)
        // Attachment 1 is due again behind the others; let it go first.
        let inside = Mutex((now: 0, most: 0))
        fixture.renderer.before {
            inside.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            for _ in 0..<50 { await Task.yield() }
            inside.withLock { $0.now -= 1 }
        }
        for _ in 0..<2 { #expect(try await queue.runNext()) }
        _ = try await fixture.attach()
        inside.withLock { $0.most = 0 }
        async let one = queue.runNext()
        async let other = queue.runNext()
        _ = try await (one, other)
        #expect(inside.withLock { $0.most } == 1)
        #expect(try await fixture.store.jobCounts().isEmpty)
    }

    @Test func `on a full disk the queue rests, says so, and goes on by itself`() async throws {
        let fixture = try Fixture()
        let queue = fixture.queue
        for _ in 0..<3 { _ = try await fixture.attach() }
        let full = FailureReason("storage", "The styles could not be stored: InsufficientStorage.")
        var rests: [Int64] = []
        for _ in 0..<8 {
            fixture.objects.fail(.commit, with: StorageError(.noSpace, "full"))
            #expect(try await queue.runNext())
            #expect(try await !queue.runNext())
            for id in Int64(1)...3 { #expect(try await record(fixture, id).reason == full) }
            let next = try #require(try await fixture.store.nextJobTime())
            rests.append(next.seconds - fixture.clock.now.seconds)
            fixture.clock.advance(bySeconds: rests.last ?? 0)
        }
        // Twice as long each time, or until one of the three may be tried again, a minute after its last try.
        #expect(rests == [1, 2, 57, 8, 16, 36, 60, 60])
        #expect(try await jobs(fixture, .queued).allSatisfy { $0.attempts == 0 })
        fixture.clock.advance(bySeconds: 60)
        for _ in 0..<3 { #expect(try await queue.runNext()) }
        #expect(try await fixture.store.jobBacklog() == JobBacklog(counts: [:], oldest: nil, pause: nil))
        #expect(try await record(fixture, 1).state == .done)
    }

    @Test func `a rest grows from a second to a minute`() {
        let policy = RetryPolicy()
        #expect((0...8).map(policy.pause(after:)) == [1, 1, 2, 4, 8, 16, 32, 60, 60])
        #expect(policy.pause(after: .max) == 60)
    }

    @Test func `urgent jobs go first`() async throws {
        let fixture = try Fixture()
        let batch = try await fixture.attach()
        _ = try await fixture.store.restart(
            batch.id,
            with: batch.object,
            needsStyles: true,
            priority: .batch,
            always: true,
            at: fixture.clock.now
        )
        fixture.clock.advance(bySeconds: 1)
        let urgent = try await fixture.attach()
        #expect(try await fixture.store.claimJob(at: fixture.clock.now)?.attachmentID == urgent.id)
        #expect(try await fixture.store.claimJob(at: fixture.clock.now)?.attachmentID == batch.id)
    }

    @Test func `pauses double up to the longest, spread by a quarter`() {
        let policy = RetryPolicy()
        #expect(policy.delay(afterAttempts: 1, jitter: 0.5) == 2_000_000_000)
        #expect(policy.delay(afterAttempts: 1, jitter: 0) == 1_500_000_000)
        #expect(policy.delay(afterAttempts: 1, jitter: 1) == 2_500_000_000)
        #expect(policy.delay(afterAttempts: 50, jitter: 0.5) == 600_000_000_000)
    }

    @Test func `a configuration that contradicts itself is refused`() throws {
        #expect(throws: Never.self) { try AttachmentsConfiguration.standard().validate() }
        func refused(_ change: (inout AttachmentsConfiguration) -> Void) throws -> Bool {
            var configuration = try AttachmentsConfiguration.standard()
            change(&configuration)
            do {
                try configuration.validate()
                return false
            } catch let error as AttachmentsError {
                return error.code == .invalidConfiguration
            }
        }
        #expect(try refused { $0.buckets = [] })
        #expect(try refused { $0.uploadPrefix = "uploads" })
        #expect(try refused { $0.stylesPrefix = "async_uploads/styles/" })
        #expect(try refused { $0.linkLifetime = 604_800 })
        #expect(try refused { $0.maximumBytes = 0 })
        #expect(try refused { $0.styles = [.thumb, .thumb] })
    }
}
