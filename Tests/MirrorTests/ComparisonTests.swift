import ObjectStorage
import S3Protocol
import Synchronization
import Testing

@testable import Mirror

@Suite("Both sides of a mirror compared") struct ComparisonTests {
    /// Sides that others have driven apart.
    private func withApart(_ body: (Mirrored) async throws -> Void) async throws {
        try await Mirrored.with { (it) async throws in
            for name in ["changed", "missing", "same"] { try await it.store.put(name, "here") }
            try await it.settled()
            it.remote.state.withLock { $0.objects["missing"] = nil }
            it.remote.put("changed", "there")
            it.remote.put("extra", "only there")
            try await body(it)
        }
    }

    private func names(_ keys: MirrorComparison.Keys) -> [String] { keys.keys.map(\.string) }

    @Test(arguments: [false, true]) func `what differs is told and nothing is changed`(isDeep: Bool) async throws {
        try await withApart { (it) async throws in
            var request = ComparisonRequest()
            request.isDeep = isDeep
            let before = it.remote.contents
            let result = try await it.mirror.compare(photos, request)
            #expect(names(result.missing) == ["missing"] && names(result.different) == ["changed"])
            #expect(names(result.extra) == ["extra"] && result.equal == 1 && result.compared == 4)
            #expect(it.remote.contents == before && result.queued == 0 && !result.isEqual)
        }
    }

    @Test func `what is missing is sent, what others changed is in conflict, what only they have is left`() async throws
    {
        try await withApart { (it) async throws in
            var request = ComparisonRequest()
            request.queues = true
            #expect(try await it.mirror.compare(photos, request).queued == 2)
            #expect(try await it.settled() == ["changed": .conflict, "missing": .verified, "same": .verified])
            #expect(it.remote.contents["missing"] == "here" && it.remote.contents["extra"] == "only there")
        }
    }

    @Test(arguments: [true, false])
    func `what only the remote has is copied here, and not sent back`(isOurs: Bool) async throws {
        try await withApart { (it) async throws in
            // Of a root that was lost, or of others in parts.
            it.remote.state.withLock { state in
                if isOurs {
                    state.objects["extra"]?[0].headers["x-amz-meta-larder-seq"] = "7"
                } else {
                    state.objects["extra"]?[0].etag = "\(String(repeating: "0", count: 32))-2"
                }
            }
            let puts = it.remote.count("PUT")
            var request = ComparisonRequest()
            request.extras = .pull
            #expect(try await it.mirror.compare(photos, request).pulled == 1)
            #expect(try await it.settled()["extra"] == .verified)
            #expect(try await it.store.head(key("extra"), version: nil, in: photos).size == 10)
            #expect(it.remote.count("PUT") == puts)
            #expect(try await it.mirror.compare(photos, ComparisonRequest()).extra.count == 0)
        }
    }

    @Test func `what comes otherwise than its entity tag says is not taken`() async throws {
        try await withApart { (it) async throws in
            it.remote.state.withLock { $0.objects["extra"]?[0].content[0] ^= 1 }
            var request = ComparisonRequest()
            request.extras = .pull
            await #expect(throws: MirrorFailure.self) { try await it.mirror.compare(photos, request) }
            await #expect(throws: S3Error.self) { try await it.store.head(key("extra"), version: nil, in: photos) }
        }
    }

    @Test func `what only the remote has is deleted there`() async throws {
        try await withApart { (it) async throws in
            var request = ComparisonRequest()
            request.extras = .delete
            #expect(try await it.mirror.compare(photos, request).deleted == 1)
            #expect(it.remote.contents["extra"] == nil)
        }
    }

    @Test func `only a deep look sees metadata`() async throws {
        try await Mirrored.with { (it) async throws in
            try await it.store.put("k", "1", ObjectAttributes(metadata: ["a": "1"]))
            try await it.settled()
            it.remote.state.withLock { $0.objects["k"]?[0].headers["x-amz-meta-a"] = "2" }
            #expect(try await it.mirror.compare(photos, ComparisonRequest()).isEqual)
            var request = ComparisonRequest()
            request.isDeep = true
            #expect(names(try await it.mirror.compare(photos, request).different) == ["k"])
        }
    }

    @Test func `a deletion that waits for its turn is not taken back by a copy`() async throws {
        try await Mirrored.with { (it) async throws in
            try await it.store.put("k", "1")
            try await it.settled()
            try await it.mirror.pause(true, nil)
            try await it.store.delete("k")
            _ = try await it.store.checkpoint()
            var request = ComparisonRequest()
            request.extras = .pull
            let result = try await it.mirror.compare(photos, request)
            #expect(names(result.extra) == ["k"] && result.pulled == 0)
            try await it.mirror.pause(false, nil)
            try await it.settled()
            #expect(it.remote.contents.isEmpty)
        }
    }
}
