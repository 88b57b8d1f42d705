import Attachments
import Imaging
import S3Protocol
import Testing

/// Whose job is next.
@Suite struct JobTurnsTests {
    private let fixture: Fixture

    init() throws {
        fixture = try Fixture()
    }

    /// Claims so many attachments for a token.
    private func attach(_ count: Int, token: Int64) async throws {
        let client = APIClient(tokenID: token, name: "token \(token)")
        for _ in 0..<count {
            _ = try await fixture.service.create(key: fixture.upload(client: client), client: client)
        }
    }

    /// The tokens of the next jobs, which stay running.
    private func turns(_ count: Int, of store: SQLiteRecordStore? = nil) async throws -> [Int64] {
        var tokens: [Int64] = []
        for _ in 0..<count {
            guard let job = try await (store ?? fixture.store).claimJob(at: fixture.clock.now) else { break }
            tokens.append(job.tokenID)
        }
        return tokens
    }

    @Test func `tokens take turns however much one has queued before the others`() async throws {
        try await attach(20, token: 1)
        try await attach(2, token: 2)
        try await attach(1, token: 7)
        #expect(try await turns(8) == [1, 2, 7, 1, 2, 1, 1, 1])
        // Who comes later waits for one job of another, not for all of them.
        try await attach(1, token: 3)
        #expect(try await turns(3) == [3, 1, 1])
    }

    @Test func `one with ten thousand jobs does not keep another waiting`() async throws {
        try await attach(1, token: 1)
        try fixture.queueCopies(10_000, of: 1)
        #expect(try await turns(2) == [1, 1])
        try await attach(1, token: 2)
        #expect(try await turns(2) == [2, 1])
        #expect(try await fixture.store.jobBacklog().counts == [.queued: 9_998, .running: 4])
    }

    @Test func `the turn outlives a restart`() async throws {
        try await attach(4, token: 1)
        try await attach(4, token: 2)
        #expect(try await turns(1) == [1])
        try fixture.store.close()
        let store = try SQLiteRecordStore(path: fixture.folder.path + "/records.sqlite")
        #expect(try await turns(3, of: store) == [2, 1, 2])
    }

    @Test func `within a token the earliest goes first, and what is not due waits`() async throws {
        try await attach(3, token: 1)
        fixture.renderer.next(failure: .crashed)
        #expect(try await fixture.queue.runNext())
        #expect(try await fixture.store.claimJob(at: fixture.clock.now)?.attachmentID == 2)
        #expect(try await fixture.store.claimJob(at: fixture.clock.now)?.attachmentID == 3)
        #expect(try await fixture.store.claimJob(at: fixture.clock.now) == nil)
        fixture.clock.advance(bySeconds: 2)
        let again = try #require(try await fixture.store.claimJob(at: fixture.clock.now))
        #expect(again.attachmentID == 1 && again.priority == .batch && again.attempts == 2)
    }

    @Test func `a further try goes behind what was never tried`() async throws {
        try await attach(1, token: 1)
        fixture.renderer.next(.error(ImagingError(.system, "because")))
        #expect(try await fixture.queue.runNext())
        fixture.clock.advance(bySeconds: 10)
        try await attach(2, token: 2)
        #expect(try await turns(3) == [2, 2, 1])
    }

    @Test func `what waits for a worker keeps its place`() async throws {
        try await attach(1, token: 1)
        fixture.renderer.next(.error(workerMissing))
        #expect(try await fixture.queue.runNext())
        #expect(try await fixture.store.jobs(.queued, limit: 1).map(\.priority) == [.interactive])
        // Nobody else is tried meanwhile, and everybody is told why.
        try await attach(1, token: 2)
        #expect(try await turns(1) == [])
        #expect(try await fixture.store.attachment(2)?.reason == FailureReason("worker_missing", "no worker"))
        #expect(try await fixture.store.nextJobTime() == fixture.clock.now.advanced(bySeconds: 60))
        fixture.clock.advance(bySeconds: 60)
        #expect(try await turns(2) == [2, 1])
        #expect(try await fixture.store.jobBacklog().pause == nil)
    }

    @Test func `a token may have only so many waiting, and is told to come again`() async throws {
        var fixture = fixture
        fixture.configuration.maximumQueued = 2
        _ = try await fixture.attach()
        _ = try await fixture.attach()
        let key = try await fixture.upload()
        await #expect(throws: APIError.queueFull(limit: 2)) {
            try await fixture.service.create(key: key, client: fixture.client)
        }
        // What needs no styles is no job, another token has places of its own, and a repeated claim is answered.
        #expect(try await fixture.attach("notes.txt", type: "text/plain").state == .done)
        try await attach(1, token: 2)
        #expect(try await fixture.store.attachment(1)?.state == .pending)
        #expect(try await fixture.queue.runNext())
        #expect(try await fixture.service.create(key: key, client: fixture.client).state == .pending)
    }
}
