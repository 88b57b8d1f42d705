import S3Protocol
import Synchronization
import Testing

@testable import ObjectStorage

@Suite struct LifecycleExecutorTests {
    private static let day: Int64 = 86_400_000_000_000

    private func configure(_ store: FileStore, _ rules: String) async throws {
        let document = "<LifecycleConfiguration>\(rules)</LifecycleConfiguration>"
        let lifecycle = try LifecycleConfiguration(document: Array(document.utf8))
        _ = try await store.updateBucket(photos) { $0.lifecycle = lifecycle }
    }

    private func rule(_ content: String, prefix: String = "") -> String {
        "<Rule><ID>r</ID><Status>Enabled</Status><Filter><Prefix>\(prefix)</Prefix></Filter>\(content)</Rule>"
    }

    private func run(_ store: FileStore, _ clock: TestClock) async throws -> LifecycleExecutor.Outcome {
        let executor = LifecycleExecutor(store: store, log: quiet) { clock.now }
        return try await executor.run(store.bucket(photos))
    }

    @Test func `objects expire at the first midnight after their days, and only those of the rule`() async throws {
        let clock = TestClock()
        try await withStore(clock: clock) { (store, _) async throws in
            try await configure(store, rule("<Expiration><Days>2</Days></Expiration>", prefix: "old/"))
            try await store.put("old/a", "x")
            try await store.put("b", "x")
            clock.set(clock.now.nanoseconds + Self.day)
            #expect(try await run(store, clock).expired == 0)
            try await store.put("old/young", "x")
            clock.set(clock.now.nanoseconds + 2 * Self.day)
            #expect(try await run(store, clock).expired == 1)
            #expect(try await store.names() == ["b", "old/young"])
        }
    }

    @Test func `noncurrent versions go but for the newest of them, and a lone marker goes after`() async throws {
        let clock = TestClock()
        try await withStore(clock: clock) { (store, _) async throws in
            _ = try await store.updateBucket(photos) { $0.versioning = .enabled }
            try await configure(
                store,
                rule(
                    """
                    <NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays>
                    <NewerNoncurrentVersions>1</NewerNoncurrentVersions></NoncurrentVersionExpiration>
                    <Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>
                    """
                )
            )
            for number in 0..<4 { try await store.put("a", "\(number)") }
            try await store.delete(key("lone"), in: photos, DeletionRequest())
            clock.set(clock.now.nanoseconds + 3 * Self.day)
            let outcome = try await run(store, clock)
            #expect(outcome.removed == 3)
            #expect(try await store.get("a") == "3")
            let page = try await store.listVersions(VersionListQuery(), in: photos)
            #expect(page.entries.count == 2)
        }
    }

    @Test func `expiration in a bucket with versions puts a marker, a lock keeps its version`() async throws {
        let clock = TestClock()
        try await withStore(clock: clock) { (store, _) async throws in
            _ = try await store.updateBucket(photos) { $0.versioning = .enabled }
            try await configure(
                store,
                rule(
                    """
                    <Expiration><Days>1</Days></Expiration>
                    <NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays></NoncurrentVersionExpiration>
                    """
                )
            )
            var locked = ObjectAttributes()
            locked.legalHold = true
            let version = try await store.put("a", "x", locked).version
            clock.set(clock.now.nanoseconds + 3 * Self.day)
            #expect(try await run(store, clock).expired == 1)
            clock.set(clock.now.nanoseconds + 3 * Self.day)
            #expect(try await run(store, clock).kept == 1)
            let object = try await store.open(key("a"), version: version, in: photos)
            #expect(try text(of: object) == "x")
        }
    }

    @Test func `uploads that nobody completes are ended`() async throws {
        let clock = TestClock()
        try await withStore(clock: clock) { (store, _) async throws in
            try await configure(
                store,
                rule(
                    """
                    <AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation>\
                    </AbortIncompleteMultipartUpload>
                    """
                )
            )
            let request = MultipartUploadRequest(key: key("a"), attributes: ObjectAttributes())
            _ = try await store.createMultipartUpload(request, in: photos)
            #expect(try await run(store, clock).aborted == 0)
            clock.set(clock.now.nanoseconds + 2 * Self.day)
            #expect(try await run(store, clock).aborted == 1)
            #expect(try await store.multipartUploads(in: photos) == [])
        }
    }

    @Test func `an object that was overwritten since it was seen does not expire`() async throws {
        try await withStore { (store, _) async throws in
            let seen = try await store.put("a", "x")
            try await store.put("a", "x")
            let request = {
                var request = DeletionRequest(); request.modified = seen.modified; return request
            }()
            #expect(await code { _ = try await store.delete(key("a"), in: photos, request) } == "PreconditionFailed")
        }
    }
}
