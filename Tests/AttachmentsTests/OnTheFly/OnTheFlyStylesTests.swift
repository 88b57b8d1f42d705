import Attachments
import Imaging
import NIOCore
import ObjectStorage
import S3Protocol
import StyleAddresses
import Synchronization
import Testing

/// Renders a GIF's beginning and the canonical text of the style, or ends as told.
private final class TextRenderer: StyleRendering {
    struct State {
        var styles: [String] = []
        var failures: [any Error] = []
        var gate: (@Sendable () async -> Void)?
    }

    let state = Mutex(State())

    var styles: [String] { state.withLock { $0.styles } }

    func render(
        _ styles: [StyleSpec],
        source: OpenDescriptor,
        destinations: [OpenDescriptor],
        tellsPhoto: Bool
    ) async throws -> RenderReply {
        let (failure, gate) = state.withLock { state in
            state.styles.append(styles[0].canonicalText)
            return (state.failures.isEmpty ? nil : state.failures.removeFirst(), state.gate)
        }
        await gate?()
        if let failure = failure as? RenderFailure { return RenderReply(failure: failure) }
        if let failure { throw failure }
        let bytes = Array("GIF89a\(styles[0].canonicalText)".utf8) + (try source.read(count: 100))
        try bytes.withUnsafeBytes { try destinations[0].replaceContent(with: $0) }
        let picture = RenderReply.Picture(kind: .gif, size: PixelSize(width: 1, height: 1), bytes: bytes.count)
        return RenderReply(source: FakeRenderer.source, styles: [.init(name: styles[0].name, picture: picture)])
    }
}

private struct Flight {
    let fixture: Fixture
    let renderer = TextRenderer()
    let signer = StyleSigner([.init(key: [1], salt: [2])])
    let styles: OnTheFlyStyles

    init(_ change: (inout OnTheFlyConfiguration) -> Void = { _ in }) throws {
        fixture = try Fixture()
        var configuration = OnTheFlyConfiguration(buckets: [uploads])
        change(&configuration)
        styles = OnTheFlyStyles(
            configuration: configuration,
            attachments: fixture.configuration,
            objects: fixture.objects,
            renderer: renderer,
            signer: signer,
            cache: FileCache(directory: fixture.folder.path + "/cache", budget: 100_000),
            logger: fixture.logger,
            clock: fixture.now
        )
    }

    func put(_ text: String = "pixels", _ key: String = "a.png") async throws {
        try await fixture.objects.put(key, in: uploads, text, type: "image/png")
    }

    func plan(_ path: String, accept: String? = nil) async throws -> OnTheFlyPlan {
        try await styles.plan(try styles.request(Array(signer.signed(path).utf8)), accept: accept)
    }

    /// The text that a path gives.
    func text(_ path: String, accept: String? = nil) async throws -> String {
        let picture = try await styles.picture(try await plan(path, accept: accept), accept: accept).picture
        #expect(picture.kind == .gif)
        return String(buffer: try picture.file.read(offset: 0, length: Int(picture.file.size)))
    }

    func refusal(_ path: String) async -> APIError? {
        await #expect(throws: APIError.self) { try await text(path) }
    }
}

@Suite(.timeLimit(.minutes(5))) struct OnTheFlyStylesTests {
    private let path = "/w:10/plain/uploads/a.png"

    @Test func `a result is rendered once and kept`() async throws {
        let flight = try Flight()
        try await flight.put()
        let first = try await flight.text(path)
        #expect(first.hasPrefix("GIF89apipeline=1;width=10;height=0;") && first.hasSuffix("pixels"))
        #expect(try await flight.text(path) == first)
        #expect(try await flight.text("/w:10/cb:2/plain/uploads/a.png") == first)
        #expect(flight.renderer.styles.count == 1)
        #expect(flight.styles.counts == counts(hits: 2, made: 1) && flight.styles.kept.files == 1)
        await flight.styles.close()
    }

    private func counts(
        hits: Int64 = 0,
        made: Int64 = 0,
        failed: Int64 = 0,
        refused: Int64 = 0
    ) -> OnTheFlyStyles.Counts {
        var counts = OnTheFlyStyles.Counts()
        (counts.hits, counts.made, counts.failed, counts.refused) = (hits, made, failed, refused)
        return counts
    }

    @Test func `another object, style or time has another entity tag, the same never two`() async throws {
        let flight = try Flight()
        try await flight.put()
        try await flight.put("pixels", "b.png")
        let first = try await flight.plan(path).etag
        #expect(try await flight.plan("/width:10/plain/s3://uploads/a.png").etag == first)
        #expect(try await flight.plan("/w:11/plain/uploads/a.png").etag != first)
        #expect(try await flight.plan("/w:10/plain/uploads/b.png").etag != first)
        try await flight.put("others")
        #expect(try await flight.plan(path).etag != first)
        await flight.styles.close()
    }

    @Test func `who asks at the same time waits for the same result`() async throws {
        let flight = try Flight()
        try await flight.put()
        let (opened, door) = AsyncStream<Void>.makeStream()
        flight.renderer.state.withLock { $0.gate = { for await _ in opened { return } } }
        let plan = try await flight.plan(path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10 { group.addTask { _ = try await flight.styles.picture(plan, accept: nil) } }
            while flight.renderer.styles.isEmpty { await Task.yield() }
            door.finish()
            try await group.waitForAll()
        }
        #expect(flight.renderer.styles.count == 1)
        await flight.styles.close()
    }

    @Test func `beyond the queue a request is refused, and one for a result under way is not`() async throws {
        let flight = try Flight { $0.queueLength = 1 }
        try await flight.put()
        let (opened, door) = AsyncStream<Void>.makeStream()
        flight.renderer.state.withLock { $0.gate = { for await _ in opened { return } } }
        let plan = try await flight.plan(path)
        async let first = flight.styles.picture(plan, accept: nil)
        while flight.styles.underWay == 0 { await Task.yield() }
        let refused = await flight.refusal("/w:11/plain/uploads/a.png")
        #expect(refused?.status == 503 && refused?.retryAfter == 1)
        async let second = flight.styles.picture(plan, accept: nil)
        door.finish()
        _ = try await (first, second)
        #expect(flight.renderer.styles.count == 1 && flight.styles.counts.refused == 1)
        await flight.styles.close()
    }

    @Test func `who goes away takes nothing from those who wait`() async throws {
        let flight = try Flight()
        try await flight.put()
        let (opened, door) = AsyncStream<Void>.makeStream()
        flight.renderer.state.withLock { $0.gate = { for await _ in opened { return } } }
        let plan = try await flight.plan(path)
        let leaving = Task { try await flight.styles.picture(plan, accept: nil) }
        while flight.renderer.styles.isEmpty { await Task.yield() }
        leaving.cancel()
        async let staying = flight.styles.picture(plan, accept: nil)
        door.finish()
        #expect(try await staying.picture.kind == .gif)
        await flight.styles.close()
    }

    @Test func `a picture that cannot be rendered is remembered for a while`() async throws {
        let flight = try Flight { $0.failureLifetime = 60 }
        try await flight.put()
        flight.renderer.state.withLock {
            $0.failures = [RenderFailure(.damaged, "It is cut."), RenderFailure(.damaged, "x")]
        }
        #expect(await flight.refusal(path)?.status == 422)
        flight.fixture.clock.advance(bySeconds: 50)
        let remembered = await flight.refusal(path)
        #expect(
            remembered?.failure.message == "The picture cannot be rendered: It is cut." && remembered?.retryAfter == 10
        )
        #expect(flight.renderer.styles.count == 1)
        // Another style of it is another matter, and so is the same one when the time is over.
        #expect(await flight.refusal("/w:11/plain/uploads/a.png")?.failure.message.hasSuffix("x") == true)
        flight.fixture.clock.advance(bySeconds: 10)
        _ = try await flight.text(path)
        await flight.styles.close()
    }

    @Test func `a failure of ours is not held against the picture`() async throws {
        let flight = try Flight()
        try await flight.put()
        flight.renderer.state.withLock {
            $0.failures = [
                RenderFailure(.worker, "Two workers ended."), ImagingError(.workerMissing, "/secret/path is missing"),
                ImagingError(.queueFull, "full"),
            ]
        }
        #expect(await flight.refusal(path)?.status == 500)
        let missing = await flight.refusal(path)
        #expect(missing?.status == 503 && missing?.retryAfter == 60 && missing?.failure.message.contains("/") == false)
        #expect(await flight.refusal(path)?.retryAfter == 1)
        _ = try await flight.text(path)
        await flight.styles.close()
    }

    @Test func `an object that changes in between is planned anew`() async throws {
        let flight = try Flight()
        try await flight.put("old")
        let plan = try await flight.plan(path)
        try await flight.put("new")
        let (made, picture) = try await flight.styles.picture(plan, accept: nil)
        #expect(made.etag != plan.etag && made.object.etag != plan.object.etag)
        #expect(String(buffer: try picture.file.read(offset: 0, length: 1000)).hasSuffix("new"))
        await flight.styles.close()
    }

    @Test func `what is not there, not allowed or not signed is refused`() async throws {
        let flight = try Flight()
        try await flight.put()
        #expect(await flight.refusal("/w:10/plain/uploads/none")?.status == 404)
        #expect(await flight.refusal("/w:10/plain/other/a.png")?.status == 403)
        #expect(await flight.refusal("/w:x/plain/uploads/a.png")?.status == 400)
        let signed = Array(StyleSigner([.init(key: [9], salt: [9])]).signed(path).utf8)
        let error = #expect(throws: APIError.self) { try flight.styles.request(signed) }
        #expect(error?.status == 403)
        flight.fixture.objects.fail(.head, with: .slowDown(retryAfter: 3))
        #expect(await flight.refusal(path)?.retryAfter == 3)
        await flight.styles.close()
    }

    @Test func `the format is chosen by what is accepted, and only where it is open`() async throws {
        let flight = try Flight { $0.accepted = AcceptedFormats([.avif, .webp]) }
        try await flight.put()
        let avif = try await flight.plan(path, accept: "image/avif,image/webp")
        #expect(avif.style.format == .avif && avif.style.quality == 50 && avif.variesByAccept)
        #expect(try await flight.plan(path, accept: "*/*").style.format == .auto)
        let named = try await flight.plan("/w:10/f:png/plain/uploads/a.png", accept: "image/avif")
        #expect(named.style.format == .png && !named.variesByAccept)
        await flight.styles.close()
    }

    @Test func `after the end nothing is begun`() async throws {
        let flight = try Flight()
        try await flight.put()
        let plan = try await flight.plan(path)
        await flight.styles.close()
        let error = await #expect(throws: APIError.self) { try await flight.styles.picture(plan, accept: nil) }
        #expect(error?.status == 503)
    }
}
