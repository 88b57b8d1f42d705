import Glibc
import ObjectStorage
import RemoteS3
import S3Protocol
import Synchronization
import Testing

@testable import Mirror

@Suite("Mirrors of buckets") struct MirrorTests {
    @Test func `objects, overwrites and deletions arrive`() async throws {
        try await Mirrored.with { (it) async throws in
            for number in 0..<20 { try await it.store.put("k\(number)", "first") }
            try await it.settled()
            try await it.store.put("k1", "second")
            try await it.store.delete("k2")
            let states = try await it.settled()
            #expect(Set(states.values) == [.verified] && states.count == 19)
            #expect(it.remote.contents.count == 19)
            #expect(it.remote.contents["k1"] == "second" && it.remote.contents["k2"] == nil)
            let record = try await it.store.head(key("k1"), version: nil, in: photos)
            #expect(it.remote.object("k1")?.headers["x-amz-meta-larder-seq"] == "\(record.sequence)")
        }
    }

    @Test func `headers, metadata and tags arrive, and tags alone are sent alone`() async throws {
        try await Mirrored.with { (it) async throws in
            let attributes = ObjectAttributes(
                headers: ["content-type": "text/plain", "cache-control": "no-cache"],
                metadata: ["colour": "red"],
                tags: [ObjectAttributes.Tag(key: "a b", value: "c")]
            )
            try await it.store.put("k", "text", attributes)
            try await it.settled()
            let object = try #require(it.remote.object("k"))
            #expect(object.headers["content-type"] == "text/plain" && object.headers["cache-control"] == "no-cache")
            #expect(object.headers["x-amz-meta-colour"] == "red" && object.tags == "a%20b=c")
            for tags in [[ObjectAttributes.Tag(key: "x", value: "y")], []] {
                _ = try await it.store.updateAttributes(of: key("k"), version: nil, in: photos) { $0.tags = tags }
                try await it.settled()
                #expect(it.remote.object("k")?.tags == (tags.isEmpty ? "" : "x=y"))
            }
            #expect(it.remote.count("PUT /photos/k?tagging") == 1)
            #expect(it.remote.state.withLock { $0.requests.count { $0 == "PUT /photos/k" } } == 1)
        }
    }

    @Test func `what others changed is left alone until somebody says otherwise`() async throws {
        try await Mirrored.with { (it) async throws in
            try await it.store.put("ours", "1")
            it.remote.put("theirs", "foreign")
            try await it.settled()
            try await it.store.put("theirs", "1")
            it.remote.put("ours", "changed")
            try await it.store.put("ours", "2")
            #expect(try await it.settled() == ["ours": .conflict, "theirs": .conflict])
            #expect(it.remote.contents == ["ours": "changed", "theirs": "foreign"])
            #expect(try await it.mirror.retry(photos, key: key("ours"), overwrites: true) == 1)
            #expect(try await it.settled() == ["ours": .verified, "theirs": .conflict])
            #expect(it.remote.contents == ["ours": "2", "theirs": "foreign"])
        }
    }

    @Test func `a rule lets the object here win`() async throws {
        let remote = try FakeRemote()
        defer { remote.close() }
        remote.put("k", "foreign")
        try await Mirrored.with(remote) {
            $0.overwrites = true
        } _: { (it) async throws in
            try await it.store.put("k", "1")
            #expect(try await it.settled() == ["k": .verified])
            #expect(remote.contents == ["k": "1"])
        }
    }

    @Test func `a remote that fails is tried until it takes everything`() async throws {
        try await Mirrored.with { (it) async throws in
            it.remote.state.withLock { $0.fault = { _ in FakeRemote.Answer(status: "503 Slow Down") } }
            for number in 0..<5 { try await it.store.put("k\(number)", "1") }
            _ = try await it.store.checkpoint()
            let id = try it.store.bucket(photos).id
            try await eventually("a reason") {
                let waiting = try await it.mirror.table.entries(bucketID: id, states: [.queued], limit: 10)
                return waiting.count == 5 && waiting.contains { $0.reason?.contains("503") == true }
            }
            it.remote.state.withLock { $0.fault = nil }
            #expect(Set(try await it.settled().values) == [.verified])
            #expect(it.remote.contents.count == 5)
        }
    }

    @Test func `a refusal that repetition does not mend is shown, and holds nothing up`() async throws {
        try await Mirrored.with {
            $0.retries.maximumPause = .seconds(600)
        } _: { (it) async throws in
            it.remote.state.withLock {
                $0.fault = { $0.contains("bad") ? FakeRemote.Answer(status: "403 Forbidden") : nil }
            }
            try await it.store.put("bad", "1")
            try await it.store.put("good", "1")
            #expect(try await it.settled() == ["bad": .failed, "good": .verified])
        }
    }

    @Test func `what the remote took and has otherwise is sent again`() async throws {
        try await Mirrored.with { (it) async throws in
            it.remote.state.withLock { $0.spoils = 2 }
            try await it.store.put("k", "12345")
            #expect(try await it.settled() == ["k": .verified])
            #expect(it.remote.contents == ["k": "12345"])
            #expect(it.remote.count("PUT /photos/k") == 3)
        }
    }

    @Test func `a write that was applied without an answer is not made again`() async throws {
        try await Mirrored.with { (it) async throws in
            it.remote.state.withLock {
                $0.takesConditions = false
                $0.isVersioned = true
                $0.losesAnswers = 2
            }
            try await it.store.put("k", "1")
            #expect(try await it.settled() == ["k": .verified])
            #expect(it.remote.history("k") == ["1"])
            try await it.store.delete("k")
            _ = try await it.settled()
            #expect(it.remote.history("k") == ["1", "-"])
        }
    }

    @Test(arguments: [\FakeRemote.State.takesConditions, \.mistakesTags])
    func `a remote that does not know conditions is written to without`(
        trait: any WritableKeyPath<FakeRemote.State, Bool> & Sendable
    ) async throws {
        try await Mirrored.with { (it) async throws in
            it.remote.state.withLock { $0[keyPath: trait].toggle() }
            for text in ["1", "2"] {
                try await it.store.put("k", text)
                #expect(try await it.settled() == ["k": .verified])
                #expect(it.remote.contents == ["k": text])
            }
        }
    }

    @Test func `a bucket that is missing there is made`() async throws {
        try await Mirrored.with { (it) async throws in
            it.remote.state.withLock { $0.hasBucket = false }
            try await it.store.put("k", "1")
            #expect(try await it.settled() == ["k": .verified])
        }
    }

    @Test func `what was there before it was mirrored is sent, and nothing is sent twice`() async throws {
        let (root, remote) = (TestRoot(), try FakeRemote())
        defer { remote.close() }
        let alone = try await root.open(nil)
        for number in 0..<1_100 { try await alone.put("k\(number)", "1") }
        await alone.close()
        try await Mirrored.with(remote, root: root) {
            $0.transfers = 8
        } _: { (it) async throws in
            #expect(try await it.settled().count == 1_100)
            #expect(remote.contents.count == 1_100)
        }
        // Without the table all is looked at, found to be there, and not sent.
        system("rm '\(root.path)/.larder/mirror.sqlite'*")
        try await Mirrored.with(remote, root: root) {
            $0.transfers = 8
        } _: { (it) async throws in
            let states = try await it.settled()
            #expect(states.count == 1_100 && Set(states.values) == [.verified])
            #expect(remote.count("PUT") == 1_100)
        }
    }
}
