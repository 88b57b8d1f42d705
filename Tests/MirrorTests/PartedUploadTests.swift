import ObjectStorage
import S3Protocol
import Synchronization
import Testing

@testable import Mirror

@Suite("Mirrored objects in parts") struct PartedUploadTests {
    private static let long = String(repeating: "0123456789", count: 250)

    @Test func `a long object goes in parts and is verified`() async throws {
        try await Mirrored.with {
            $0.partBytes = 1_000
        } _: { (it) async throws in
            let tags = [ObjectAttributes.Tag(key: "a", value: "b")]
            try await it.store.put("k", Self.long, ObjectAttributes(metadata: ["m": "1"], tags: tags))
            #expect(try await it.settled() == ["k": .verified])
            let object = try #require(it.remote.object("k"))
            #expect(object.content == Array(Self.long.utf8) && object.etag.hasSuffix("-3") && object.tags == "a=b")
            #expect(object.headers["x-amz-meta-m"] == "1")
            #expect(it.remote.count("PUT /photos/k?partNumber") == 3)
            #expect(it.remote.state.withLock { $0.uploads.isEmpty })
        }
    }

    @Test func `tags arrive where an upload in parts forgets them`() async throws {
        try await Mirrored.with {
            $0.partBytes = 1_000
        } _: { (it) async throws in
            it.remote.state.withLock { $0.forgetsTagsOfParts = true }
            let tags = [ObjectAttributes.Tag(key: "a", value: "b")]
            try await it.store.put("k", Self.long, ObjectAttributes(tags: tags))
            #expect(try await it.settled() == ["k": .verified])
            #expect(it.remote.object("k")?.tags == "a=b" && it.remote.count("PUT /photos/k?tagging") == 1)
        }
    }

    @Test func `an upload that was broken off goes on behind its parts, after a restart too`() async throws {
        let (root, remote) = (TestRoot(), try FakeRemote())
        defer { remote.close() }
        remote.state.withLock {
            $0.fault = { $0.contains("partNumber=3") ? FakeRemote.Answer(status: "500 Internal") : nil }
        }
        try await Mirrored.with(remote, root: root) {
            $0.partBytes = 1_000
        } _: { (it) async throws in
            try await it.store.put("k", Self.long)
            _ = try await it.store.checkpoint()
            try await eventually("tries") { remote.count("PUT /photos/k?partNumber=3") > 1 }
            #expect(remote.count("PUT /photos/k?partNumber=1") == 1)
        }
        remote.state.withLock { $0.fault = nil }
        try await Mirrored.with(remote, root: root) {
            $0.partBytes = 1_000
        } _: { (it) async throws in
            #expect(try await it.settled() == ["k": .verified])
            #expect(remote.contents["k"] == Self.long)
            for number in 1...2 { #expect(remote.count("PUT /photos/k?partNumber=\(number)") == 1) }
            #expect(remote.count("POST /photos/k?uploads") == 1)
        }
    }

    @Test func `an upload is given up when the object was changed meanwhile`() async throws {
        try await Mirrored.with {
            $0.partBytes = 1_000
        } _: { (it) async throws in
            it.remote.state.withLock {
                $0.fault = { $0.contains("partNumber=2") ? FakeRemote.Answer(status: "500 Internal") : nil }
            }
            try await it.store.put("k", Self.long)
            _ = try await it.store.checkpoint()
            try await eventually("tries") { it.remote.count("PUT /photos/k?partNumber=2") > 0 }
            try await it.store.put("k", "short")
            it.remote.state.withLock { $0.fault = nil }
            #expect(try await it.settled() == ["k": .verified])
            #expect(it.remote.contents == ["k": "short"])
            #expect(it.remote.state.withLock { $0.uploads.isEmpty })
        }
    }
}
