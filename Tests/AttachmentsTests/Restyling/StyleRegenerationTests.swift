import Attachments
import Imaging
import ObjectStorage
import S3Protocol
import Testing

@Suite(.timeLimit(.minutes(5))) struct StyleRegenerationTests {
    private func regeneration(_ fixture: Fixture) -> StyleRegeneration {
        StyleRegeneration(
            configuration: fixture.configuration,
            records: fixture.store,
            objects: fixture.objects,
            signals: fixture.signals,
            clock: fixture.now,
            sleep: sleepForEver
        )
    }

    /// Runs it beside a job queue, as in a server.
    private func run(
        _ fixture: Fixture,
        _ change: (inout StyleRegeneration.Request) -> Void = { _ in }
    ) async throws -> CheckReport.State {
        var request = StyleRegeneration.Request(bucket: uploads)
        change(&request)
        let (queue, report) = (fixture.queue, CheckReport())
        let running = Task { await queue.run() }
        do {
            try await regeneration(fixture).run(request, report)
        } catch {
            running.cancel()
            throw error
        }
        queue.stop()
        await running.value
        return report.state
    }

    private func attached(_ fixture: Fixture, _ count: Int) async throws -> [AttachmentRecord] {
        var records: [AttachmentRecord] = []
        for _ in 0..<count {
            records.append(try await fixture.attach())
            #expect(try await fixture.queue.runNext())
        }
        return records
    }

    @Test func `only what changed is made, and a second run makes nothing`() async throws {
        var fixture = try Fixture()
        let attachments = try await attached(fixture, 40)
        fixture.configuration.styles = [.medium, try StyleSpec(name: "thumb", width: 99, height: 99)]
        let first = try await run(fixture)
        #expect(first.attachments == 40 && first.objects == 40 && first.skipped == 0 && first.findings.isEmpty)
        #expect(fixture.renderer.styles.suffix(40).allSatisfy { $0 == ["thumb"] })
        let renders = fixture.renderer.styles.count
        let second = try await run(fixture)
        #expect(second.attachments == 40 && second.objects == 0 && second.skipped == 40)
        #expect(fixture.renderer.styles.count == renders)
        let done = try await fixture.service.get(attachments[39].id, client: fixture.client)
        #expect(done.state == .done && done.styles.map(\.width) == [600, 99])
        #expect(done.picture != nil && done.size?.width == 800)
    }

    @Test func `a dry run tells and makes nothing`() async throws {
        var fixture = try Fixture()
        _ = try await attached(fixture, 2)
        fixture.configuration.styles = [.thumb]
        let told = try await run(fixture) { $0.isDryRun = true }
        #expect(told.findings.map(\.code.rawValue) == ["style-change", "style-change"])
        #expect(told.findings.first?.detail.hasSuffix("picture.jpg: drop medium") == true)
        #expect(try await fixture.store.jobCounts().isEmpty && fixture.renderer.styles.count == 2)
        _ = try await run(fixture)
        #expect(try await fixture.service.get(1, client: fixture.client).styles.map(\.name) == ["thumb"])
        #expect(fixture.renderer.styles.count == 2)
    }

    @Test func `an attachment keeps state and styles until the new ones are there`() async throws {
        var fixture = try Fixture()
        let attachment = try await attached(fixture, 1)[0]
        fixture.configuration.styles = [try StyleSpec(name: "new", width: 9)]
        let (store, client, service) = (fixture.store, fixture.client, fixture.service)
        fixture.renderer.before {
            let meanwhile = try? await service.get(attachment.id, client: client)
            #expect(meanwhile?.state == .done && meanwhile?.styles.map(\.name) == ["medium", "thumb"])
            #expect((try? await store.jobCounts()[.running]) == 1)
        }
        #expect(try await run(fixture).objects == 1)
        #expect(try await service.get(attachment.id, client: client).styles.map(\.name) == ["new"])
    }

    @Test func `what cannot be made is told, and left alone the next time unless asked for`() async throws {
        var fixture = try Fixture()
        _ = try await attached(fixture, 1)
        fixture.configuration.styles = [.thumb, try StyleSpec(name: "new", width: 9)]
        fixture.renderer.next(failure: .damaged, "It is cut.")
        let failed = try await run(fixture)
        #expect(failed.findings.map(\.code.rawValue) == ["not-styled"] && failed.objects == 0)
        #expect(failed.findings.first?.detail.hasSuffix("damaged: It is cut.") == true)
        let renders = fixture.renderer.styles.count
        let again = try await run(fixture)
        #expect(again.skipped == 1 && again.findings.count == 1 && fixture.renderer.styles.count == renders)
        let healed = try await run(fixture) { $0.includesFailed = true }
        #expect(healed.findings.isEmpty && healed.objects == 1)
        #expect(try await fixture.service.get(1, client: fixture.client).state == .done)
    }

    @Test func `other buckets, other prefixes and what is queued already are passed over`() async throws {
        var fixture = try Fixture()
        let attachment = try await attached(fixture, 1)[0]
        fixture.configuration.styles = [.thumb]
        let prefix = String(attachment.object.key.string.dropLast(20))
        #expect(try await run(fixture) { $0.prefix = "elsewhere/" }.attachments == 0)
        #expect(try await run(fixture) { $0.bucket = try! BucketName("other") }.attachments == 0)
        #expect(try await run(fixture) { $0.prefix = prefix }.attachments == 1)
        _ = try await fixture.attach()
        let report = CheckReport()
        var request = StyleRegeneration.Request(bucket: uploads)
        request.prefix = ""
        try await regeneration(fixture).run(request, report)
        #expect(report.state.attachments == 2 && report.state.skipped == 2)
    }

    @Test func `without a worker it ends and says so, and the job waits`() async throws {
        var fixture = try Fixture()
        _ = try await attached(fixture, 1)
        fixture.configuration.styles = [try StyleSpec(name: "new", width: 9)]
        fixture.renderer.next(.error(workerMissing))
        let regeneration = regeneration(fixture)
        let work = Task { try await regeneration.run(.init(bucket: uploads), CheckReport()) }
        while try await !fixture.queue.runNext() { await Task.yield() }
        fixture.signals.changed.ring(1)
        await #expect(throws: AttachmentsError.self) { try await work.value }
        #expect(try await fixture.store.jobCounts() == [.queued: 1])
        #expect(try await fixture.service.get(1, client: fixture.client).styles.count == 2)
    }
}
