import Glibc
import S3Protocol
import Synchronization
import Testing

@testable import ObjectStorage

@Suite struct VersionTests {
    private func enable(_ store: FileStore, _ versioning: BucketVersioning = .enabled) async throws {
        _ = try await store.updateBucket(photos) { $0.versioning = versioning }
    }

    @Test func `an overwrite keeps the version before it`() async throws {
        try await withStore { (store, root) async throws in
            let first = try await store.put("a", "before versioning")
            try await enable(store)
            let second = try await store.put("a", "two")
            let third = try await store.put("a", "three")
            #expect(first.version == .null && second.version != .null && second.version != third.version)
            #expect(try await store.get("a") == "three")
            for (record, content) in [(first, "before versioning"), (second, "two"), (third, "three")] {
                let object = try await store.open(key("a"), version: record.version, in: photos)
                #expect(try text(of: object) == content)
            }
            #expect(root.names("buckets/photos") == ["a"])
            let gone = try VersionID("0123456789abcdef0123456789abcdef")
            #expect(await code { _ = try await store.open(key("a"), version: gone, in: photos) } == "NoSuchVersion")
        }
    }

    @Test func `a delete marker hides an object until it is deleted itself`() async throws {
        try await withStore { (store, _) async throws in
            try await enable(store)
            let version = try await store.put("d/a", "x").version
            let marker = try await store.delete(key("d/a"), in: photos, DeletionRequest())
            #expect(marker.isDeleteMarker)
            #expect(await code { _ = try await store.get("d/a") } == "NoSuchKey")
            #expect(try await store.names() == [])
            let object = try await store.open(key("d/a"), version: version, in: photos)
            #expect(try text(of: object) == "x")
            let removed = try await store.delete(key("d/a"), in: photos, DeletionRequest(version: marker.version))
            #expect(removed == Deletion(version: marker.version, isDeleteMarker: true))
            #expect(try await store.get("d/a") == "x")
            let last = try await store.delete(key("d/a"), in: photos, DeletionRequest(version: version))
            #expect(last == Deletion(version: version, isDeleteMarker: false))
            #expect(await code { _ = try await store.get("d/a") } == "NoSuchKey")
            try await store.deleteBucket(photos)
        }
    }

    @Test func `a bucket with nothing but a delete marker is not empty`() async throws {
        try await withStore { (store, _) async throws in
            try await enable(store)
            try await store.delete(key("never"), in: photos, DeletionRequest())
            #expect(await code { try await store.deleteBucket(photos) } == "BucketNotEmpty")
        }
    }

    @Test func `the error for a hidden object tells its marker`() async throws {
        try await withStore { (store, _) async throws in
            try await enable(store)
            try await store.put("a", "x")
            let marker = try await store.delete(key("a"), in: photos, DeletionRequest()).version
            do {
                _ = try await store.head(key("a"), version: nil, in: photos)
                Issue.record("a hidden object was read")
            } catch let error as S3Error {
                #expect(error.headers.contains(.init("x-amz-delete-marker", "true")))
                #expect(error.headers.contains(.init("x-amz-version-id", marker!.text)))
            }
        }
    }

    @Test func `versions of escaped keys and of keys in each other's way live side by side`() async throws {
        try await withStore { (store, root) async throws in
            try await enable(store)
            var model = VersionModel(versioning: .enabled)
            for round in 0..<3 {
                for name in ["a", "a/", "a//b", "a/b", "./a", "a/../b", "é", "A"] {
                    let record = try await store.put(name, "\(name) \(round)")
                    model.put(name, "\(name) \(round)", record.version)
                }
            }
            try await model.expect(store)
        }
    }

    @Test func `two normal forms of one name have versions of their own`() async throws {
        try await withStore { (store, _) async throws in
            try await enable(store)
            for round in 0..<2 {
                for name in ["\u{e9}", "e\u{301}"] { try await store.put(name, "\(name.utf8.count) \(round)") }
            }
            let page = try await store.listVersions(VersionListQuery(), in: photos)
            let sizes = page.entries.compactMap {
                if case .version(let version) = $0 { version.object.key.utf8.count } else { nil }
            }
            #expect(sizes == [3, 3, 2, 2])
            #expect(Array(try await store.get("e\u{301}").utf8) == Array("3 1".utf8))
        }
    }

    @Test func `what a client has set can be changed on every version`() async throws {
        try await withStore { (store, _) async throws in
            try await enable(store)
            let old = try await store.put("a", "one")
            let new = try await store.put(
                "a",
                "two",
                ObjectAttributes(metadata: ["m": String(repeating: "x", count: 5_000)])
            )
            for record in [old, new] {
                let changed = try await store.updateAttributes(of: key("a"), version: record.version, in: photos) {
                    $0.tags = [.init(key: "v", value: record.version.text)]
                }
                #expect(changed.etag == record.etag && changed.modified == record.modified)
                let read = try await store.head(key("a"), version: record.version, in: photos)
                #expect(read == changed)
                #expect(read.attributes.metadata == record.attributes.metadata)
            }
            #expect(try await store.get("a") == "two")
        }
    }

    @Test func `a lock keeps a version, and only that`() async throws {
        let clock = TestClock()
        try await withStore(clock: clock) { (store, _) async throws in
            try await enable(store)
            let until = clock.now.advanced(bySeconds: 100)
            var locked = ObjectAttributes()
            locked.retention = Retention(mode: .governance, retainUntil: until)
            let version = try await store.put("a", "x", locked).version
            let request = DeletionRequest(version: version)
            #expect(await code { _ = try await store.delete(key("a"), in: photos, request) } == "AccessDenied")
            #expect(try await store.delete(key("a"), in: photos, DeletionRequest()).isDeleteMarker)
            #expect(await code { _ = try await store.delete(key("a"), in: photos, request) } == "AccessDenied")
            _ = try await store.updateAttributes(of: key("a"), version: version, in: photos) { $0.legalHold = true }
            clock.set(until.nanoseconds + 1_000_000_000)
            #expect(await code { _ = try await store.delete(key("a"), in: photos, request) } == "AccessDenied")
            _ = try await store.updateAttributes(of: key("a"), version: version, in: photos) { $0.legalHold = false }
            #expect(try await store.delete(key("a"), in: photos, request).version == version)
        }
    }

    @Test func `a retention in governance mode gives way to a bypass, one in compliance mode does not`() async throws {
        let clock = TestClock()
        try await withStore(clock: clock) { (store, _) async throws in
            try await enable(store)
            for (mode, answer) in [(RetentionMode.governance, "no error"), (.compliance, "AccessDenied")] {
                var locked = ObjectAttributes()
                locked.retention = Retention(mode: mode, retainUntil: clock.now.advanced(bySeconds: 100))
                let version = try await store.put("a", "x", locked).version
                let request = DeletionRequest(version: version, bypassesGovernance: true)
                #expect(await code { _ = try await store.delete(key("a"), in: photos, request) } == answer)
            }
        }
    }

    // MARK: Everything at random, against a model

    private static let names = ["a", "a/b", "a//b", "deep/er/k", "x"]

    private func step(
        _ store: FileStore,
        _ model: inout VersionModel,
        _ random: inout SeededGenerator,
        _ number: Int
    ) async throws {
        let name = Self.names.randomElement(using: &random)!
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<9:
            let long = Bool.random(using: &random) ? ["m": String(repeating: "y", count: 4_500)] : [:]
            let content = "\(name) \(number)"
            let record = try await store.put(name, content, ObjectAttributes(metadata: long))
            model.put(name, content, record.version)
        case 9..<13:
            model.delete(name, try await store.delete(key(name), in: photos, DeletionRequest()))
        case 13..<18:
            guard let version = model.keys[name]?.randomElement(using: &random) else { return }
            let outcome = try await store.delete(key(name), in: photos, DeletionRequest(version: version.id))
            #expect(outcome.isDeleteMarker == (version.content == nil))
            model.remove(name, version.id)
        case 18:
            guard model.versioning != nil || number > 20 else { return }
            model.versioning = Bool.random(using: &random) ? .enabled : .suspended
            try await enable(store, model.versioning!)
        default:
            guard let version = model.keys[name]?.first(where: { $0.content != nil }) else { return }
            _ = try await store.updateAttributes(of: key(name), version: version.id, in: photos) {
                $0.tags = [.init(key: "n", value: "\(number)")]
            }
        }
    }

    @Test(arguments: 1...4) func `a store does what the model does, after crashes and rebuilds too`(
        seed: UInt64
    ) async throws {
        var random = SeededGenerator(seed: seed)
        var model = VersionModel()
        var root = TestRoot()
        var number = 0
        for round in 0..<6 {
            var crashed: TestRoot?
            try await withStore(root, clock: TestClock(1_700_000_000_000_000_000 + Int64(round) * 1_000_000_000_000)) {
                (store, current) async throws in
                try await rebuilt(store)
                try await model.expect(store)
                for _ in 0..<40 {
                    number += 1
                    try await step(store, &model, &random, number)
                }
                try await model.expect(store, pageSize: 1 + round)
                if round.isMultiple(of: 2) { crashed = current.crashed() }
            }
            if let crashed { root = crashed }
            if round == 3 { shell("rm \(root.path)/.larder/index.sqlite*") }
            if crashed == nil, round != 3 {
                let found = try await findings(root)
                #expect(found == [])
            }
        }
    }

    @Test func `a scan notices what was done to versions by hand`() async throws {
        try await withStore { (store, root) async throws in
            try await enable(store)
            var model = VersionModel(versioning: .enabled)
            for number in 0..<4 { model.put("a", "v\(number)", try await store.put("a", "v\(number)").version) }
            let gone = model.keys["a"]![2].id
            let directory = KeyPlace.versions(of: key("a"), bucketID: try store.bucket(photos).id)
            #expect(unlink(root.file("\(directory)/\(gone.text)")) == 0)
            try await store.scan(photos)
            model.remove("a", gone)
            try await model.expect(store)
        }
    }

    @Test func `an object of a bucket with versions that is removed by hand leaves a delete marker`() async throws {
        try await withStore { (store, root) async throws in
            try await enable(store)
            let old = try await store.put("a", "one").version
            try await store.put("a", "two")
            #expect(unlink(root.file("buckets/photos/a")) == 0)
            #expect(await code { _ = try await store.get("a") } == "NoSuchKey")
            let page = try await store.listVersions(VersionListQuery(), in: photos)
            let versions = page.entries.compactMap { if case .version(let version) = $0 { version } else { nil } }
            #expect(versions.map(\.isDeleteMarker) == [true, false])
            #expect(versions.last?.version == old)
        }
    }

    @Test func `a file put by hand over a versioned object is a version, and what was there before stays`() async throws
    {
        try await withStore { (store, root) async throws in
            try await enable(store)
            let old = try await store.put("a", "one").version
            shell(
                "echo -n hand > '\(root.file("buckets/photos/new"))' && mv '\(root.file("buckets/photos/new"))' '\(root.file("buckets/photos/a"))'"
            )
            let record = try await store.head(key("a"), version: nil, in: photos)
            #expect(record.version != .null && record.version != old)
            try await store.put("a", "three")
            let object = try await store.open(key("a"), version: record.version, in: photos)
            #expect(try text(of: object) == "hand")
        }
    }

    @Test func `a listing rolls up versions and goes on behind a version that is gone`() async throws {
        try await withStore { (store, _) async throws in
            try await enable(store)
            var ids: [VersionID] = []
            for number in 0..<3 { ids.append(try await store.put("d/a", "\(number)").version) }
            try await store.put("d/b", "x")
            try await store.put("e", "y")
            let rolled = try await store.listVersions(VersionListQuery(delimiter: Array("/".utf8)), in: photos)
            #expect(rolled.entries.count == 2)
            #expect(rolled.entries.first == .commonPrefix(Array("d/".utf8)))
            try await store.delete(key("d/a"), in: photos, DeletionRequest(version: ids[1]))
            let query = VersionListQuery(after: Array("d/a".utf8), afterVersion: ids[1])
            let rest = try await store.listVersions(query, in: photos).entries.map { entry in
                if case .version(let version) = entry { "\(version.object.key) \(version.isLatest)" } else { "prefix" }
            }
            #expect(rest == ["d/a false", "d/b true", "e true"])
        }
    }
}
