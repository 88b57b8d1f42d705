import GRDB
import Glibc
import S3Protocol
import Synchronization
import Testing

@testable import ObjectStorage

/// The rows of the crash table in `storage/README.md`, each made by hand in a copy of a live root.
@Suite struct CrashTableTests {
    /// Fills a root, damages what a crash would leave of it, and looks at the store that opens it.
    private func afterCrash(
        _ fill: (FileStore) async throws -> Void,
        damage: (TestRoot, _ bucketID: String) async throws -> Void = { (_, _) async throws in },
        _ check: (FileStore, TestRoot) async throws -> Void
    ) async throws {
        var crashed: TestRoot?
        var id = ""
        try await withStore { (store, root) async throws in
            try await fill(store)
            id = try store.bucket(photos).id
            crashed = root.crashed()
        }
        let root = try #require(crashed)
        try await damage(root, id)
        try await withStore(root, clock: TestClock(1_800_000_000_000_000_000)) { (store, root) async throws in
            try await rebuilt(store)
            try await check(store, root)
            #expect(root.names(".larder/incoming") == [])
        }
    }

    /// Appends the key's intent, as the request that was cut off had done.
    private func announce(_ name: String, _ root: TestRoot, _ id: String) {
        let segment = root.names(".larder/intents").compactMap { Int($0) }.max()!
        let stream = fopen(root.file(".larder/intents/\(segment)"), "a")!
        fputs("\n\(String(decoding: IntentLine(bucketID: id, key: key(name)).text, as: UTF8.self))\n", stream)
        fclose(stream)
    }

    private func changeIndex(_ root: TestRoot, _ sql: String) {
        #expect(shell("sqlite3 '\(root.file(".larder/index.sqlite"))' \"\(sql)\" 2>/dev/null") == 0)
    }

    @Test func `everything acknowledged is there after a crash`() async throws {
        try await afterCrash { store in
            for number in 0..<20 { try await store.put("k\(number)", "v\(number)") }
            for number in 0..<10 { try await store.delete(key("k\(number)"), in: photos, precondition: .none) }
            try await store.put("k15", "again")
        } _: { (store, _) async throws in
            #expect(try await store.names() == (10..<20).map { "k\($0)" })
            #expect(try await store.get("k15") == "again")
        }
    }

    @Test func `row 1: debris of uploads is swept`() async throws {
        try await afterCrash {
            try await $0.put("a", "x")
        } damage: { root, _ in
            root.write(".larder/incoming/debris", "half")
        } _: { (store, _) async throws in
            let names = try await store.names()
            #expect(names == ["a"])
        }
    }

    @Test func `row 2: a published file without its row, or with an older one, gets it`() async throws {
        var older: TestRoot?
        try await withStore { (store, root) async throws in
            try await store.put("a", "one")
            #expect(try await store.checkpoint())
            older = root.crashed()
            try await store.put("a", "two!")
            try await store.put("b", "new")
            let id = try store.bucket(photos).id
            // The files of now beside the index of then: what a crash between publish and index leaves.
            shell("cp -a '\(root.path)/buckets/photos/.' '\(older!.path)/buckets/photos/'")
            announce("a", older!, id)
            announce("b", older!, id)
        }
        try await withStore(older!) { (store, _) async throws in
            #expect(try await store.names() == ["a", "b"])
            guard case .object(let summary) = try await store.list(ListQuery(), in: photos).entries[0] else { return }
            #expect(summary.size == 4)
        }
    }

    @Test func `row 3: a row without a file goes`() async throws {
        try await afterCrash {
            try await $0.put("a", "x")
            try await $0.put("b", "x")
            _ = try await $0.checkpoint()
        } damage: { root, id in
            unlink(root.file("buckets/photos/a"))
            announce("a", root, id)
        } _: { (store, _) async throws in
            #expect(try await store.names() == ["b"])
        }
    }

    @Test func `row 4: an intent without effect changes nothing`() async throws {
        try await afterCrash {
            try await $0.put("a", "x")
        } damage: { root, id in
            announce("a", root, id)
            announce("never", root, id)
        } _: { (store, _) async throws in
            #expect(try await store.names() == ["a"])
            #expect(try await store.get("a") == "x")
        }
    }

    @Test func `row 5: of two files for one key the later stays`() async throws {
        try await afterCrash { store in
            try await store.put("a/b", "below")
            try await store.put("a", "escaped")
            try await store.delete(key("a/b"), in: photos, precondition: .none)
        } damage: { root, id in
            root.write("buckets/photos/a", "by hand")
            announce("a", root, id)
        } _: { (store, root) async throws in
            #expect(try await store.get("a") == "by hand")
            #expect(output("find '\(root.file(".larder/escaped"))' -type f") == "")
            #expect(try await store.names() == ["a"])
        }
    }

    @Test func `row 5: a write removes the loser before it publishes`() async throws {
        try await withStore { (store, root) async throws in
            try await store.put("a/b", "below")
            try await store.put("a", "escaped")
            try await store.delete(key("a/b"), in: photos, precondition: .none)
            root.write("buckets/photos/a", "by hand")
            try await store.put("a", "new")
            #expect(try await store.get("a") == "new")
            #expect(output("find '\(root.file(".larder/escaped"))' -type f") == "")
        }
    }

    @Test func `row 6: a sidecar that nothing names goes`() async throws {
        let long = ObjectAttributes(metadata: ["m": String(repeating: "x", count: 5_000)])
        try await afterCrash {
            try await $0.put("a", "x", long)
        } damage: { root, id in
            let name = SidecarName(bucketID: id, key: key("a"))
            root.write(name.path, "{}")
            announce("a", root, id)
            #expect(root.sidecars.count == 2)
        } _: { (store, root) async throws in
            #expect(root.sidecars.count == 1)
            #expect(try await store.head(key("a"), version: nil, in: photos).attributes == long)
        }
    }

    @Test func `row 7: an object whose sidecar is missing is adopted`() async throws {
        let long = ObjectAttributes(metadata: ["m": String(repeating: "x", count: 5_000)])
        try await afterCrash {
            try await $0.put("a", "hello", long)
        } damage: { root, _ in
            for sidecar in root.sidecars { unlink(sidecar) }
        } _: { (store, _) async throws in
            let record = try await store.head(key("a"), version: nil, in: photos)
            #expect(record.attributes == ObjectAttributes())
            #expect(record.etag.text == "5d41402abc4b2a76b9719d911017c592")
            #expect(try await store.get("a") == "hello")
        }
    }

    @Test func `row 8: empty directories do no harm and go with the bucket`() async throws {
        try await afterCrash { _ in
        } damage: { root, _ in
            shell("mkdir -p '\(root.file("buckets/photos/x/y/z"))'")
        } _: { (store, root) async throws in
            #expect(try await store.names() == [])
            try await store.deleteBucket(photos)
            #expect(!root.exists("buckets/photos"))
            _ = try await store.createBucket(photos, owner: "me", settings: BucketSettings())
        }
    }

    @Test func `row 9: a file changed in place is adopted with a new tag, order and time`() async throws {
        try await withStore { (store, root) async throws in
            let attributes = ObjectAttributes(headers: ["content-type": "text/plain"])
            let before = try await store.put("a", "before", attributes)
            root.write("buckets/photos/a", "afterwards")
            let after = try await store.head(key("a"), version: nil, in: photos)
            #expect(after.etag != before.etag)
            #expect(after.sequence > before.sequence)
            #expect(after.modified != before.modified)
            #expect(after.attributes == attributes)
            #expect(try await store.get("a") == "afterwards")
            #expect(try store.index.row(of: key("a"), bucketID: after.bucketID) == IndexRow(after))
        }
    }

    @Test func `row 9: a file put or copied by hand is adopted when it is read`() async throws {
        try await withStore { (store, root) async throws in
            let long = ObjectAttributes(metadata: ["m": String(repeating: "x", count: 5_000)])
            try await store.put("a", "original", long)
            root.write("buckets/photos/put", "put")
            shell("cp -a '\(root.file("buckets/photos/a"))' '\(root.file("buckets/photos/copy"))'")
            #expect(try await store.get("put") == "put")
            let copy = try await store.head(key("copy"), version: nil, in: photos)
            #expect(copy.key == key("copy"))
            #expect(copy.attributes == long)
            #expect(try await store.names() == ["a", "copy", "put"])
            // The copy named the sidecar of the original.
            try await store.delete(key("copy"), in: photos, precondition: .none)
            #expect(try await store.head(key("a"), version: nil, in: photos).attributes == long)
        }
    }

    @Test func `row 9: a hard link is adopted as a file of its own`() async throws {
        try await withStore { (store, root) async throws in
            let outside = root.file("outside")
            root.write("outside", "shared")
            link(outside, root.file("buckets/photos/linked"))
            #expect(try await store.get("linked") == "shared")
            root.write("outside", "changed")
            #expect(try await store.get("linked") == "shared")
        }
    }

    @Test func `row 9: a large file gets a tag that costs no hash`() async throws {
        try await withStore { (store, root) async throws in
            root.write("buckets/photos/large", "")
            truncate(root.file("buckets/photos/large"), 65 << 20)
            let first = try await store.head(key("large"), version: nil, in: photos)
            #expect(first.etag.text.hasSuffix("-1"))
            truncate(root.file("buckets/photos/large"), 66 << 20)
            #expect(try await store.head(key("large"), version: nil, in: photos).etag != first.etag)
        }
    }

    @Test func `row 10: a directory without settings is no bucket and is taken over`() async throws {
        let name = try BucketName("other")
        try await afterCrash { _ in
        } damage: { root, _ in
            mkdir(root.file("buckets/other"), 0o755)
            root.write("buckets/other/file", "found")
        } _: { (store, _) async throws in
            #expect(await code { _ = try await store.names(in: name) } == "NoSuchBucket")
            _ = try await store.createBucket(name, owner: "me", settings: BucketSettings())
            try await rebuilt(store)
            #expect(try await store.names(in: name) == ["file"])
        }
    }

    @Test func `row 11: a bucket whose directory was removed is empty`() async throws {
        try await afterCrash {
            try await $0.put("a", "x")
            #expect(try await $0.checkpoint())
        } damage: { root, _ in
            shell("rm -r '\(root.file("buckets/photos"))'")
        } _: { (store, root) async throws in
            #expect(root.exists("buckets/photos"))
            #expect(await code { _ = try await store.get("a") } == "NoSuchKey")
            #expect(try await store.names() == [])
            try await store.put("b", "y")
        }
    }

    @Test func `row 12: emptied directories of a bucket that went are removed`() async throws {
        try await afterCrash { _ in
        } damage: { root, _ in
            shell("mkdir -p '\(root.file(".larder/escaped/gone/ab"))'")
        } _: { (_, root) async throws in
            #expect(!root.exists(".larder/escaped/gone"))
        }
    }

    @Test func `row 18: torn lines are skipped`() async throws {
        try await afterCrash {
            try await $0.put("a", "x")
            #expect(try await $0.checkpoint())
        } damage: { root, id in
            let segment = root.names(".larder/intents").compactMap { Int($0) }.max()!
            let stream = fopen(root.file(".larder/intents/\(segment)"), "a")!
            fputs("\n\n0badc0de \(id) torn", stream)
            fclose(stream)
            unlink(root.file("buckets/photos/a"))
            announce("a", root, id)
        } _: { (store, _) async throws in
            #expect(try await store.names() == [])
        }
    }

    @Test(arguments: [
        "rm -f index.sqlite index.sqlite-wal index.sqlite-shm",
        "truncate -s 5000 index.sqlite; rm -f index.sqlite-wal index.sqlite-shm",
        "head -c 20000 /dev/urandom > index.sqlite; rm -f index.sqlite-wal index.sqlite-shm",
        "rm -f intents/*",
        "rm -f intents/*; touch intents/999",
    ])
    func `row 19: an index that is gone, damaged or not of the time of the files is rebuilt`(
        _ harm: String
    ) async throws {
        try await afterCrash { store in
            for name in ["a", "a/b", "c/d/e"] { try await store.put(name, "v") }
            try await store.put("..", "v", ObjectAttributes(metadata: ["m": String(repeating: "x", count: 5_000)]))
            try await store.delete(key("c/d/e"), in: photos, precondition: .none)
            _ = try await store.checkpoint()
        } damage: { root, _ in
            #expect(shell("cd '\(root.file(".larder"))' && \(harm)") == 0)
        } _: { (store, _) async throws in
            #expect(try await store.names() == ["..", "a", "a/b"])
            #expect(try await store.get("..") == "v")
        }
    }

    @Test func `row 19: an index of another root is not believed`() async throws {
        let other = TestRoot()
        try await withStore(other) { (store, _) async throws in try await store.put("wrong", "x") }
        try await afterCrash {
            try await $0.put("right", "x")
        } damage: { root, _ in
            shell("cd '\(root.file(".larder"))' && rm -f index.sqlite* && cp '\(other.file(".larder/index.sqlite"))' .")
        } _: { (store, _) async throws in
            #expect(try await store.names() == ["right"])
        }
    }

    @Test func `row 19: listings wait until the bucket is complete, reads do not`() async throws {
        try await withStore { (store, _) async throws in
            try await store.put("a", "x")
            store.incomplete.withLock { _ = $0.insert(try! store.bucket(photos).id) }
            #expect(await code { _ = try await store.names() } == "SlowDown")
            #expect(try await store.get("a") == "x")
            store.incomplete.withLock { $0 = [] }
        }
    }

    @Test func `an index of a newer schema is refused`() async throws {
        let root = TestRoot()
        try await withStore(root) { (store, _) async throws in
            try await store.index.pool.write { try $0.execute(sql: "PRAGMA user_version = 99") }
        }
        await #expect(throws: StorageError.self) { _ = try await root.open() }
    }

    @Test func `a row that could not be written is mended by the next checkpoint`() async throws {
        try await withStore { (store, _) async throws in
            try await store.index.pool.write { database in
                try database.execute(sql: "ALTER TABLE objects RENAME TO away")
            }
            let record = try await store.put("a", "x")
            #expect(try await store.checkpoint() == false)
            try await store.index.pool.write { try $0.execute(sql: "ALTER TABLE away RENAME TO objects") }
            #expect(try await store.checkpoint())
            #expect(try store.index.row(of: key("a"), bucketID: record.bucketID) == IndexRow(record))
        }
    }

    @Test func `a clean stop leaves one empty segment`() async throws {
        let root = TestRoot()
        try await withStore(root) { (store, _) async throws in try await store.put("a", "x") }
        let segments = root.names(".larder/intents")
        #expect(segments.count == 1)
        #expect(output("cat '\(root.file(".larder/intents/\(segments[0])"))'") == "")
        #expect(root.names(".larder").contains("index.sqlite"))
    }
}
