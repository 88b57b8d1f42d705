import Attachments
import Imaging
import ObjectStorage
import S3Protocol
import Testing

@Suite struct JobInventoryTests {
    private let fixture: Fixture

    init() throws {
        fixture = try Fixture()
    }

    private var inventory: JobInventory {
        JobInventory(store: fixture.store, signals: fixture.signals, clock: fixture.now)
    }

    private var dead: JobFilter { JobFilter(states: [.dead]) }

    /// So many attachments that cannot be rendered.
    private func fail(_ count: Int, client: APIClient? = nil) async throws {
        for _ in 0..<count {
            let client = client ?? fixture.client
            _ = try await fixture.service.create(key: fixture.upload(client: client), client: client)
            fixture.renderer.next(failure: .damaged, "It is torn.")
            #expect(try await fixture.queue.runNext())
        }
    }

    @Test func `a dead job keeps its reason and its time, and can be retried`() async throws {
        try await fail(1)
        let job = try #require(try await inventory.list(dead, limit: 10).first)
        #expect(job.reason == FailureReason("damaged", "It is torn.") && job.ended == fixture.clock.now)
        #expect(job.attachmentID == 1 && job.tokenID == 1 && job.attempts == 1)
        fixture.clock.advance(bySeconds: 60)
        let listener = fixture.signals.changed.listen(for: 1)
        #expect(try await inventory.retry(JobFilter()) == 1)
        #expect(await listener.wait(atMost: nil, sleep: sleepForEver))
        let queued = try #require(try await inventory.list(JobFilter(), limit: 10).first)
        #expect(queued.state == .queued && queued.priority == .batch && queued.attempts == 0)
        #expect(queued.reason == nil && queued.ended == nil && queued.created == fixture.clock.now)
        #expect(try await fixture.store.attachment(1)?.state == .pending)
        #expect(try await fixture.queue.runNext())
        #expect(try await fixture.store.attachment(1)?.state == .done)
    }

    @Test func `only dead jobs can be retried or purged`() async throws {
        _ = try await fixture.attach()
        var one = JobFilter()
        one.ids = [1]
        await #expect(throws: APIError.jobNotDead()) { try await inventory.retry(one) }
        await #expect(throws: APIError.jobNotDead()) { try await inventory.purge(one) }
        #expect(try await inventory.purge(JobFilter()) == 0)
        #expect(try await inventory.backlog().counts == [.queued: 1])
    }

    @Test func `a purged job leaves its attachment failed`() async throws {
        try await fail(2)
        var one = JobFilter()
        one.ids = [1, 99]
        #expect(try await inventory.purge(one) == 1)
        #expect(try await inventory.list(JobFilter(), limit: 10).map(\.id) == [2])
        #expect(try await fixture.store.attachment(1)?.reason == FailureReason("damaged", "It is torn."))
    }

    @Test func `jobs are chosen by state, token, reason and age, and listed in pages`() async throws {
        try await fail(2)
        fixture.clock.advance(bySeconds: 100)
        try await fail(2, client: fixture.stranger)
        _ = try await fixture.attach()
        func ids(_ change: (inout JobFilter) -> Void) async throws -> [Int64] {
            var filter = JobFilter()
            change(&filter)
            return try await inventory.list(filter, limit: 10).map(\.id)
        }
        #expect(try await ids { _ in } == [1, 2, 3, 4, 5])
        #expect(try await ids { $0.states = [.queued, .running] } == [5])
        #expect(try await ids { $0.tokenID = 2 } == [3, 4])
        #expect(try await ids { $0.reason = "damaged" } == [1, 2, 3, 4])
        #expect(try await ids { $0.reason = "'; DROP TABLE jobs; --" } == [])
        #expect(try await ids { $0.endedBefore = fixture.clock.now } == [1, 2])
        #expect(try await ids { $0.ids = [] } == [])
        #expect(try await inventory.list(JobFilter(), after: 2, limit: 2).map(\.id) == [3, 4])
        var old = JobFilter()
        old.endedBefore = fixture.clock.now
        #expect(try await inventory.purge(old) == 2)
        #expect(try await inventory.backlog().counts == [.dead: 2, .queued: 1])
    }

    @Test func `more than one transaction holds are retried and purged all the same`() async throws {
        try await fail(1)
        try fixture.queueCopies(1_200, of: 1, state: "dead")
        #expect(try await inventory.retry(JobFilter()) == 1_201)
        #expect(try await inventory.backlog().counts == [.queued: 1_201])
        try fixture.sql("UPDATE jobs SET state = 'dead'")
        #expect(try await inventory.purge(JobFilter()) == 1_201)
        #expect(try await inventory.backlog().counts == [:])
    }

    @Test func `the backlog tells the oldest, and totals that damage made wrong are right after a start`() async throws
    {
        _ = try await fixture.attach()
        let first = fixture.clock.now
        fixture.clock.advance(bySeconds: 5)
        _ = try await fixture.attach()
        #expect(try await inventory.backlog().oldest == first)
        try fixture.sql("UPDATE job_totals SET number = 77")
        #expect(try await fixture.store.requeueRunningJobs() == 0)
        #expect(try await inventory.backlog().counts == [.queued: 2])
    }
}
