import Attachments
import ObjectStorage
import S3Protocol
import Testing

@Suite struct UploadJanitorTests {
    @Test func `uploads that nobody claimed go after a day, claimed ones stay`() async throws {
        let fixture = try Fixture()
        let claimed = try await fixture.attach()
        let key = claimed.object.key.string
        let prefix = claimed.authorization
        for name in ["/a", "/b", "/c", ""] {
            try await fixture.objects.put(prefix + name, in: uploads, "x", type: "image/jpeg")
        }
        _ = try await fixture.upload("lost.jpg")
        fixture.clock.advance(bySeconds: 86_399)
        #expect(try await fixture.janitor.sweep() == .init())
        fixture.clock.advance(bySeconds: 1)
        let report = try await fixture.janitor.sweep()
        #expect(report.uploads == 5)
        #expect(report.authorizations == 2)
        #expect(fixture.objects.keys(in: uploads) == [key])
        #expect(try await fixture.janitor.sweep() == .init())
    }

    @Test func `a claim of what has expired finds nothing, a repeated claim finds its attachment`() async throws {
        let fixture = try Fixture()
        let attachment = try await fixture.attach()
        let lost = try await fixture.upload("lost.jpg")
        fixture.clock.advance(bySeconds: 86_400)
        _ = try await fixture.janitor.sweep()
        await #expect(throws: APIError.uploadNotFound()) {
            try await fixture.service.create(key: lost, client: fixture.client)
        }
        let again = try await fixture.service.create(key: attachment.object.key.string, client: fixture.client)
        #expect(again.id == attachment.id)
    }

    @Test func `no claim succeeds once the sweep has begun`() async throws {
        let fixture = try Fixture()
        let key = try await fixture.upload()
        fixture.clock.advance(bySeconds: 86_400)
        #expect(try await fixture.store.closeDueAuthorizations(at: fixture.clock.now, limit: 10).count == 1)
        await #expect(throws: APIError.nothingUploaded()) {
            try await fixture.service.create(key: key, client: fixture.client)
        }
        #expect(try await fixture.janitor.sweep().uploads == 1)
    }

    @Test func `an expired authorization can be claimed while its upload is there`() async throws {
        let fixture = try Fixture()
        let key = try await fixture.upload()
        fixture.clock.advance(bySeconds: 80_000)
        #expect(try await fixture.service.create(key: key, client: fixture.client).id == 1)
    }

    @Test func `an interrupted deletion is finished`() async throws {
        let fixture = try Fixture()
        let attachment = try await fixture.attach()
        #expect(try await fixture.queue.runNext())
        fixture.objects.fail(.delete, with: .slowDown())
        await #expect {
            try await fixture.service.delete(attachment.id, client: fixture.client)
        } throws: {
            ($0 as? APIError)?.status == 503
        }
        await #expect(throws: APIError.attachmentNotFound()) {
            try await fixture.service.get(attachment.id, client: fixture.client)
        }
        #expect(fixture.objects.keys(in: uploads).count == 3)
        #expect(try await fixture.janitor.sweep().deletions == 1)
        #expect(fixture.objects.keys(in: uploads).isEmpty)
    }

    @Test func `styles without an attachment go when they are old enough, others stay`() async throws {
        let fixture = try Fixture()
        let attachment = try await fixture.attach()
        #expect(try await fixture.queue.runNext())
        let kept = fixture.objects.keys(in: uploads)
        for key in ["styles/1/thumb-ffffffff.jpg", "styles/77/thumb-00000000.jpg", "styles/78/medium-00000000.jpg"] {
            try await fixture.objects.put(key, in: uploads, "x", type: "image/jpeg")
        }
        try await fixture.objects.put("styles/readme.txt", in: uploads, "x", type: "text/plain")
        #expect(try await fixture.janitor.sweep().orphans == 0)
        fixture.clock.advance(bySeconds: 3_601)
        #expect(try await fixture.janitor.sweep().orphans == 3)
        #expect(fixture.objects.keys(in: uploads) == kept + ["styles/readme.txt"])
        #expect(try await fixture.service.get(attachment.id, client: fixture.client).styles.count == 2)
    }

    @Test func `styles of an attachment whose job is not over are left alone`() async throws {
        let fixture = try Fixture()
        _ = try await fixture.attach()
        try await fixture.objects.put("styles/1/thumb-ffffffff.jpg", in: uploads, "x", type: "image/jpeg")
        fixture.clock.advance(bySeconds: 3_601)
        #expect(try await fixture.janitor.sweep().orphans == 0)
    }

    @Test func `a store that cannot list yet loses nothing`() async throws {
        let fixture = try Fixture()
        _ = try await fixture.upload()
        fixture.clock.advance(bySeconds: 86_400)
        fixture.objects.fail(.list, with: .slowDown())
        #expect(try await fixture.janitor.sweep() == .init())
        fixture.clock.advance(bySeconds: 3_600)
        #expect(try await fixture.janitor.sweep().uploads == 1)
    }

    @Test func `what cannot be removed keeps nothing else waiting`() async throws {
        let fixture = try Fixture()
        for _ in 0..<3 { _ = try await fixture.upload("lost.jpg") }
        let attachments = [try await fixture.attach(), try await fixture.attach()]
        for attachment in attachments { _ = try await fixture.store.beginDeletion(attachment.id) }
        fixture.clock.advance(bySeconds: 86_400)
        fixture.objects.fail(.delete, with: .accessDenied())
        let first = try await fixture.janitor.sweep()
        #expect(first.uploads == 2 && first.authorizations == 4 && first.deletions == 2)
        fixture.clock.advance(bySeconds: 3_600)
        fixture.objects.fail(.list, with: .slowDown())
        _ = try await fixture.janitor.sweep()
        fixture.clock.advance(bySeconds: 3_600)
        #expect(try await fixture.janitor.sweep().uploads == 1)
        #expect(fixture.objects.keys(in: uploads).isEmpty)
    }

    @Test func `it goes round until it is cancelled`() async throws {
        let fixture = try Fixture()
        _ = try await fixture.upload()
        fixture.clock.advance(bySeconds: 86_400)
        let (rounds, continuation) = AsyncStream.makeStream(of: Void.self)
        let janitor = UploadJanitor(
            configuration: fixture.configuration,
            store: fixture.store,
            objects: fixture.objects,
            logger: fixture.logger,
            clock: fixture.now,
            sleep: { _ in
                continuation.yield()
                try await sleepForEver(.zero)
            }
        )
        let task = Task { await janitor.run() }
        for await _ in rounds { break }
        #expect(fixture.objects.keys(in: uploads).isEmpty)
        task.cancel()
        await task.value
    }
}
