import Attachments
import ObjectStorage
import S3Protocol
import Testing

@Suite struct AttachmentServiceTests {
    @Test func `a claim makes a pending attachment, a second claim gives the same`() async throws {
        let fixture = try Fixture()
        let key = try await fixture.upload()
        let first = try await fixture.service.create(key: key, client: fixture.client)
        #expect(first.isProcessing && first.filename == "picture.jpg" && first.size == nil)
        fixture.clock.advance(bySeconds: 5)
        #expect(try await fixture.service.create(key: key, client: fixture.client) == first)
        #expect(try await fixture.store.jobCounts() == [.queued: 1])
        let authorization = try await fixture.store.authorization(prefix: first.authorization)
        #expect(authorization?.claimed == fixture.clock.now.advanced(bySeconds: -5))
    }

    @Test func `claims of one key at the same time make one attachment`() async throws {
        let fixture = try Fixture()
        let key = try await fixture.upload()
        let ids = try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<8 {
                group.addTask { try await fixture.service.create(key: key, client: fixture.client).id }
            }
            return try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
        }
        #expect(ids == [1])
    }

    @Test func `several files of one authorization are attachments each`() async throws {
        let fixture = try Fixture()
        let first = try await fixture.attach()
        let other = first.authorization + "/other.jpg"
        try await fixture.objects.put(other, in: uploads, "other", type: "image/jpeg")
        #expect(try await fixture.service.create(key: other, client: fixture.client).id == 2)
    }

    @Test func `a file that is no picture is done at once and has no styles`() async throws {
        let fixture = try Fixture()
        let record = try await fixture.attach("report.pdf", type: "application/pdf")
        #expect(record.state == .done && record.styles.isEmpty)
        #expect(try await fixture.store.jobCounts().isEmpty)
    }

    @Test(arguments: [
        ("", 422, "key_missing"),
        ("elsewhere/picture.jpg", 422, "key_outside_uploads"),
        ("styles/1/thumb-00000000.jpg", 422, "key_outside_uploads"),
        (String(repeating: "x", count: 1025), 422, "key_outside_uploads"),
        ("async_uploads/nothing", 404, "upload_not_found"),
        ("async_uploads/a251225f-308e-49f5-a064-7d0c54894666/picture.png", 404, "upload_not_found"),
    ])
    func `keys that nobody was authorized for are refused`(key: String, status: Int, code: String) async throws {
        let fixture = try Fixture()
        do {
            _ = try await fixture.service.create(key: key, client: fixture.client)
            Issue.record("claimed")
        } catch let error as APIError {
            #expect(error.status == status && error.failure.code == code)
        }
    }

    @Test func `an authorized key without a file is refused until the file is there`() async throws {
        let fixture = try Fixture()
        let key = try await fixture.upload()
        try await fixture.objects.delete(ObjectKey(key), in: uploads, precondition: .none)
        await #expect(throws: APIError.nothingUploaded()) {
            try await fixture.service.create(key: key, client: fixture.client)
        }
        try await fixture.objects.put(key, in: uploads, "pixels", type: "image/jpeg")
        #expect(try await fixture.service.create(key: key, client: fixture.client).id == 1)
    }

    @Test func `an authorization for one file name cannot be claimed by another`() async throws {
        let fixture = try Fixture()
        let document = try await fixture.authorizer.authorize(
            UploadRequest(contentType: "image/png", filename: "a.png"),
            client: fixture.client,
            url: fixture.addresses.url(of:)
        )
        for key in [document.key, document.key + ".html"] {
            try await fixture.objects.put(key, in: uploads, "x", type: "image/png")
        }
        await #expect(throws: APIError.otherFilename("a.png")) {
            try await fixture.service.create(key: document.key + ".html", client: fixture.client)
        }
        #expect(try await fixture.service.create(key: document.key, client: fixture.client).filename == "a.png")
    }

    @Test func `a token sees and touches only its own`() async throws {
        let fixture = try Fixture()
        let service = fixture.service
        let record = try await fixture.attach()
        let key = try await fixture.upload(client: fixture.stranger)
        await #expect(throws: APIError.uploadNotFound()) { try await service.create(key: key, client: fixture.client) }
        await #expect(throws: APIError.uploadNotFound()) {
            try await service.create(key: record.object.key.string, client: fixture.stranger)
        }
        await #expect(throws: APIError.attachmentNotFound()) { try await service.get(1, client: fixture.stranger) }
        await #expect(throws: APIError.attachmentNotFound()) { try await service.delete(1, client: fixture.stranger) }
        await #expect(throws: APIError.attachmentNotFound()) {
            try await service.wait(for: 1, client: fixture.stranger, upTo: 1)
        }
        #expect(try await service.list(ObjectRange(), client: fixture.stranger).total == 0)
        #expect(try await service.list(ObjectRange(), client: fixture.client).total == 1)
    }

    @Test func `an object that changed is processed anew and never shown with old styles`() async throws {
        let fixture = try Fixture()
        let record = try await fixture.attach()
        #expect(try await fixture.queue.runNext())
        let old = try await fixture.service.get(record.id, client: fixture.client)
        #expect(old.state == .done && old.styles.count == 2)
        try await fixture.objects.put(record.object.key.string, in: uploads, "new pixels", type: "image/jpeg")
        let listed = try await fixture.service.list(ObjectRange(), client: fixture.client).records
        #expect(listed.map(\.state) == [.pending] && listed[0].styles.isEmpty)
        #expect(try await fixture.queue.runNext())
        let new = try await fixture.service.get(record.id, client: fixture.client)
        #expect(new.state == .done && new.object.byteSize == 10)
        #expect(Set(new.styles.map(\.key)).isDisjoint(with: old.styles.map(\.key)))
        #expect(fixture.renderer.sources == ["pixels", "new pixels"])
    }

    @Test func `an original that was deleted by other means shows as failed`() async throws {
        let fixture = try Fixture()
        let record = try await fixture.attach()
        #expect(try await fixture.queue.runNext())
        try await fixture.objects.delete(record.object.key, in: uploads, precondition: .none)
        let shown = try await fixture.service.get(record.id, client: fixture.client)
        #expect(shown.state == .failed && shown.reason?.code == "original_missing" && shown.styles.isEmpty)
    }

    @Test func `a busy store is answered with a time to come back`() async throws {
        let fixture = try Fixture()
        let record = try await fixture.attach()
        fixture.objects.fail(.head, with: .slowDown(retryAfter: 7))
        do {
            _ = try await fixture.service.get(record.id, client: fixture.client)
            Issue.record("answered")
        } catch let error as APIError {
            #expect(error.status == 503 && error.retryAfter == 7)
        }
    }

    @Test func `deletion takes original, styles, job and row`() async throws {
        let fixture = try Fixture()
        let record = try await fixture.attach()
        #expect(try await fixture.queue.runNext())
        try await fixture.service.delete(record.id, client: fixture.client)
        #expect(fixture.objects.keys(in: uploads).isEmpty)
        await #expect(throws: APIError.attachmentNotFound()) {
            try await fixture.service.delete(record.id, client: fixture.client)
        }
        #expect(try await fixture.store.unfinishedDeletions(after: 0, limit: 1).isEmpty)
        #expect(try await fixture.store.jobCounts().isEmpty)
    }

    @Test func `pages hold what was asked for and say what there is`() async throws {
        let fixture = try Fixture()
        for _ in 0..<5 { _ = try await fixture.attach() }
        func page(_ header: String?) async throws -> AttachmentPage {
            try await fixture.service.list(ObjectRange(header: header), client: fixture.client)
        }
        let first = try await page("objects=0-1")
        #expect(first.records.map(\.id) == [1, 2] && first.contentRange == "file_attachments 0-1/5")
        let last = try await page("objects=3-9")
        #expect(last.records.map(\.id) == [4, 5] && last.contentRange == "file_attachments 3-4/5")
        #expect(try await page("objects=5-9").contentRange == "file_attachments */5")
        #expect(try await page(nil).records.count == 5)
    }

    @Test func `a waiting client is woken by the end of the job`() async throws {
        let fixture = try Fixture()
        let record = try await fixture.attach()
        async let waited = fixture.service.wait(for: record.id, client: fixture.client, upTo: 30)
        while fixture.signals.changed.listenerCount(for: record.id) == 0 { await Task.yield() }
        #expect(try await fixture.queue.runNext())
        #expect(try await waited.state == .done)
    }

    @Test func `waiting ends with the time, and a finished attachment is not waited for`() async throws {
        let fixture = try Fixture()
        let record = try await fixture.attach()
        let service = fixture.service(sleep: sleepNot)
        #expect(try await service.wait(for: record.id, client: fixture.client, upTo: 30).state == .pending)
        #expect(try await fixture.service.wait(for: record.id, client: fixture.client, upTo: 0).state == .pending)
        #expect(try await fixture.queue.runNext())
        #expect(try await fixture.service.wait(for: record.id, client: fixture.client, upTo: 30).state == .done)
    }

    @Test func `waiting ends when the client goes`() async throws {
        let fixture = try Fixture()
        let record = try await fixture.attach()
        let task = Task { try await fixture.service.wait(for: record.id, client: fixture.client, upTo: 30) }
        while fixture.signals.changed.listenerCount(for: record.id) == 0 { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
