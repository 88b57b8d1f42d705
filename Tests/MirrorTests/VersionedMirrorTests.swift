import Glibc
import ObjectStorage
import S3Protocol
import Synchronization
import Testing

@testable import Mirror

@Suite("Mirrors of buckets with versions") struct VersionedMirrorTests {
    private func with(
        _ remote: FakeRemote? = nil,
        root: TestRoot = TestRoot(),
        _ body: (Mirrored) async throws -> Void
    ) async throws {
        try await Mirrored.with(remote, root: root) { (it) async throws in
            it.remote.state.withLock { $0.isVersioned = true }
            _ = try await it.store.updateBucket(photos) { $0.versioning = .enabled }
            try await body(it)
        }
    }

    @Test func `the remote gets the history in its order`() async throws {
        try await with { (it) async throws in
            it.remote.state.withLock { $0.fault = { _ in FakeRemote.Answer(status: "503 Slow Down") } }
            for text in ["1", "2"] { try await it.store.put("k", text) }
            try await it.store.delete("k")
            for text in ["3", "4"] { try await it.store.put("k", text) }
            it.remote.state.withLock { $0.fault = nil }
            #expect(try await it.settled() == ["k": .verified])
            #expect(it.remote.history("k") == ["1", "2", "-", "3", "4"])
            try await it.store.delete("k")
            #expect(try await it.settled() == ["k": .verified])
            #expect(it.remote.history("k") == ["1", "2", "-", "3", "4", "-"])
        }
    }

    @Test(arguments: [["1"], ["1", "2"], ["1", "-"], ["1", "-", "2", "-"], ["1", "2", "-"], ["1", "-", "-"]])
    func `nothing is doubled when the table is lost`(history: [String]) async throws {
        let (root, remote) = (TestRoot(), try FakeRemote())
        defer { remote.close() }
        try await with(remote, root: root) { (it) async throws in
            for text in history {
                if text == "-" { try await it.store.delete("k") } else { try await it.store.put("k", text) }
            }
            try await it.settled()
            #expect(remote.history("k") == history)
        }
        system("rm '\(root.path)/.larder/mirror.sqlite'*")
        try await with(remote, root: root) { (it) async throws in
            #expect(try await it.settled().values.allSatisfy { $0 == .verified })
            #expect(remote.history("k") == history)
            try await it.store.put("k", "last")
            #expect(try await it.settled() == ["k": .verified])
            #expect(remote.history("k") == history + ["last"])
        }
    }

    @Test func `deletions one after the other are as many there`() async throws {
        try await with { (it) async throws in
            try await it.store.put("k", "1")
            for _ in 0..<3 { try await it.store.delete("k") }
            #expect(try await it.settled() == ["k": .verified])
            try await it.store.delete("k")
            #expect(try await it.settled() == ["k": .verified])
            #expect(it.remote.history("k") == ["1", "-", "-", "-", "-"])
        }
    }

    @Test func `a version that is taken back here is taken back there`() async throws {
        try await with { (it) async throws in
            try await it.store.put("k", "1")
            let second = try await it.store.put("k", "2")
            try await it.settled()
            _ = try await it.store.delete(key("k"), in: photos, DeletionRequest(version: second.version))
            #expect(try await it.settled() == ["k": .verified])
            #expect(it.remote.history("k") == ["1"])
        }
    }

    @Test func `versions and deletions that are taken back together go there too`() async throws {
        try await with { (it) async throws in
            try await it.store.put("k", "1")
            let second = try await it.store.put("k", "2")
            let third = try await it.store.put("k", "3")
            let markers = [
                try await it.store.delete(key("k"), in: photos, DeletionRequest()),
                try await it.store.delete(key("k"), in: photos, DeletionRequest()),
            ]
            try await it.settled()
            #expect(it.remote.history("k") == ["1", "2", "3", "-", "-"])
            try await it.mirror.pause(true, nil)
            for version in markers.reversed().map(\.version) + [third.version, second.version] {
                _ = try await it.store.delete(key("k"), in: photos, DeletionRequest(version: version))
            }
            try await it.mirror.pause(false, nil)
            #expect(try await it.settled() == ["k": .verified])
            #expect(it.remote.history("k") == ["1"])
        }
    }

    @Test func `a deletion that is taken back here is taken back there`() async throws {
        try await with { (it) async throws in
            try await it.store.put("k", "1")
            let marker = try await it.store.delete(key("k"), in: photos, DeletionRequest())
            try await it.settled()
            #expect(it.remote.history("k") == ["1", "-"])
            _ = try await it.store.delete(key("k"), in: photos, DeletionRequest(version: marker.version))
            #expect(try await it.settled() == ["k": .verified])
            #expect(it.remote.history("k") == ["1"])
        }
    }

    @Test func `a remote without versions gets what is current`() async throws {
        try await Mirrored.with { (it) async throws in
            _ = try await it.store.updateBucket(photos) { $0.versioning = .enabled }
            it.remote.state.withLock { $0.fault = { _ in FakeRemote.Answer(status: "503 Slow Down") } }
            for text in ["1", "2", "3"] { try await it.store.put("k", text) }
            it.remote.state.withLock { $0.fault = nil }
            #expect(try await it.settled() == ["k": .verified])
            #expect(it.remote.history("k") == ["3"])
            #expect(it.remote.state.withLock { $0.requests.count { $0 == "PUT /photos/k" } } == 1)
            try await it.store.delete("k")
            #expect(try await it.settled() == ["k": .verified])
            #expect(it.remote.contents.isEmpty)
        }
    }
}
