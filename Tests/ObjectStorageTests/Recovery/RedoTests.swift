import S3Protocol
import Testing

@testable import ObjectStorage

private let isLoggedHere = (try? FileDescriptor(opening: "/tmp")).map { FileSystemKind(of: $0).tellsOfSyncs } ?? false

/// Small new objects, whose files are synced by a checkpoint only: what a power cut takes comes back from the intents.
@Suite(.enabled(if: isLoggedHere, "the file system of /tmp does not tell whether syncfs failed"))
struct RedoTests {
    /// Fills a store, crashes it, does to the files what a power cut or somebody does, and looks after a start.
    private func afterCrash(
        _ fill: (FileStore, TestRoot) async throws -> Void,
        damage: (TestRoot) async throws -> Void = { _ in },
        lost: Int = 0,
        _ check: (FileStore, TestRoot) async throws -> Void
    ) async throws {
        var crashed: TestRoot?
        try await withStore { (store, root) async throws in
            try await fill(store, root)
            crashed = root.crashed()
        }
        let root = try #require(crashed)
        try await damage(root)
        try await withStore(root, clock: TestClock(1_800_000_000_000_000_000)) { (store, root) async throws in
            try await rebuilt(store)
            try await check(store, root)
            #expect(root.names(".larder/incoming") == [])
            #expect(root.names(".larder/lost").count == lost)
        }
    }

    private func remove(_ name: String, _ root: TestRoot) {
        #expect(shell("rm -r '\(root.file("buckets/photos/\(name)"))'") == 0)
    }

    @Test func `a file that is gone is written again, with its record and its directories`() async throws {
        var before: ObjectRecord?
        try await afterCrash { store, _ in
            try await store.put("a/b/c", "line\none\\two")
            before = try await store.head(key("a/b/c"), version: nil, in: photos)
        } damage: {
            remove("a", $0)
        } _: { (store, _) async throws in
            #expect(try await store.get("a/b/c") == "line\none\\two")
            #expect(try await store.head(key("a/b/c"), version: nil, in: photos) == before)
            #expect(try await store.names() == ["a/b/c"])
        }
    }

    @Test(arguments: ["", "tor", "\0\0\0\0\0\0\0"])
    func `a file that is torn is written again`(_ left: String) async throws {
        try await afterCrash { store, _ in
            try await store.put("key", "content")
        } damage: { root in
            // Its time stays: nobody has written since.
            let file = root.file("buckets/photos/key")
            shell("cp -p --attributes-only '\(file)' '\(file).time'")
            shell("printf '\(left.replacing("\0", with: "\\0"))' > '\(file)'; touch -r '\(file).time' '\(file)'")
            shell("rm '\(file).time'")
        } _: { (store, _) async throws in
            #expect(try await store.get("key") == "content")
        }
    }

    @Test func `a file that has lost its attribute is written again`() async throws {
        try await afterCrash { store, _ in
            try await store.put("key", "content")
        } damage: { root in
            #expect(shell("setfattr -x user.larder '\(root.file("buckets/photos/key"))'") == 0)
        } _: { (store, _) async throws in
            #expect(try await store.get("key") == "content")
            #expect(try await store.head(key("key"), version: nil, in: photos).etag.text.count == 32)
        }
    }

    @Test(arguments: ["$(getfattr --absolute-names --only-values -n user.larder OTHER)", "junk", #"{"v":1}"#])
    func `a file of its time with an attribute of another file goes to the lost ones`(_ attribute: String) async throws
    {
        try await afterCrash(
            { (store, _) async throws in
                try await store.put("other", "content of another")
                try await store.put("key", "content")
            },
            damage: { root in
                let (other, file) = (root.file("buckets/photos/other"), root.file("buckets/photos/key"))
                let value = attribute.replacing("\"", with: "\\\"").replacing("OTHER", with: "'\(other)'")
                #expect(shell("setfattr -n user.larder -v \"\(value)\" '\(file)'") == 0)
            },
            lost: 1
        ) { (store, _) async throws in
            #expect(try await store.get("key") == "content")
            #expect(try await store.get("other") == "content of another")
        }
    }

    @Test func `what is adopted in place of a logged object is newer, whatever the clock says`() async throws {
        var crashed: TestRoot?
        var before: ObjectRecord?
        try await withStore(clock: TestClock(1_800_000_000_000_000_000)) { (store, root) async throws in
            before = try await store.put("key", "content")
            crashed = root.crashed()
        }
        let root = try #require(crashed)
        root.write("buckets/photos/key", "by hand")
        shell("rm '\(root.path)'/.larder/index.sqlite*")
        try await withStore(root, clock: TestClock()) { (store, _) async throws in
            #expect(try await store.get("key") == "by hand")
            let after = try await store.head(key("key"), version: nil, in: photos)
            #expect(try after.sequence > #require(before).sequence)
        }
    }

    @Test func `a file that was changed by hand stays as it is`() async throws {
        try await afterCrash { store, _ in
            try await store.put("key", "content")
            try await store.put("other", "content")
        } damage: { root in
            root.write("buckets/photos/key", "by hand")
            remove("other", root)
            root.write("buckets/photos/other", "put by hand")
        } _: { (store, _) async throws in
            #expect(try await store.get("key") == "by hand")
            #expect(try await store.get("other") == "put by hand")
        }
    }

    @Test func `a file that was put back by hand while the store was in use stays as it is`() async throws {
        var older: TestRoot?
        try await afterCrash { store, root in
            try await store.put("key", "older")
            older = root.crashed()
            try await store.delete(key("key"), in: photos, precondition: .none)
            try await store.put("key", "newer!")
            #expect(shell("cp -a '\(older!.file("buckets/photos/key"))' '\(root.path)/buckets/photos/'") == 0)
            try await store.look(at: [key("key")], of: store.bucket(photos), comparing: true)
            #expect(try await store.get("key") == "older")
        } _: { (store, _) async throws in
            #expect(try await store.get("key") == "older")
        }
    }

    @Test func `an empty directory that is back makes room`() async throws {
        try await afterCrash { store, _ in
            try await store.put("a", "content")
        } damage: { root in
            remove("a", root)
            shell("mkdir '\(root.file("buckets/photos/a"))'")
        } _: { (store, root) async throws in
            #expect(try await store.get("a") == "content")
            #expect(shell("test -f '\(root.file("buckets/photos/a"))'") == 0)
        }
    }

    @Test func `a directory with something in it does not keep the object from being there`() async throws {
        try await afterCrash { store, _ in
            try await store.put("a", "content")
        } damage: { root in
            remove("a", root)
            shell("mkdir '\(root.file("buckets/photos/a"))'")
            root.write("buckets/photos/a/b", "other")
        } _: { (store, _) async throws in
            #expect(try await store.get("a") == "content")
            #expect(try await store.get("a/b") == "other")
        }
    }

    @Test func `a file that was there before the object goes to the lost ones`() async throws {
        // The object is written in what is the future for the file.
        let root = TestRoot()
        var crashed: TestRoot?
        try await withStore(root, clock: TestClock(4_000_000_000_000_000_000)) { (store, root) async throws in
            try await store.put("key", "content")
            crashed = root.crashed()
        }
        let copy = try #require(crashed)
        remove("key", copy)
        copy.write("buckets/photos/key", "before")
        try await withStore(copy, clock: TestClock(4_100_000_000_000_000_000)) { (store, root) async throws in
            #expect(try await store.get("key") == "content")
            #expect(root.names(".larder/lost").count == 1)
        }
    }

    @Test func `a delete after a start whose checkpoint failed is final`() async throws {
        var crashed: TestRoot?
        try await withStore { (store, root) async throws in
            try await store.put("key", "content")
            try await store.put("other", "content")
            crashed = root.crashed()
        }
        let root = try #require(crashed)
        root.write("buckets/photos/key", "by hand")
        var configuration = FileStoreConfiguration(root: root.path, checkpointInterval: .seconds(3_600))
        configuration.feed = FailingFeed()
        let clock = TestClock(1_800_000_000_000_000_000)
        let store = try await FileStore.open(configuration, log: quiet, clock: { clock.now })
        for name in ["key", "other"] { try await store.delete(key(name), in: photos, precondition: .none) }
        let again = root.crashed()
        await store.close()
        try await withStore(again, clock: TestClock(1_900_000_000_000_000_000)) { (store, _) async throws in
            #expect(try await store.names() == [])
            for name in ["key", "other"] { #expect(!again.exists("buckets/photos/\(name)")) }
        }
    }

    @Test func `an object that was overwritten, or deleted, does not come back`() async throws {
        try await afterCrash { store, _ in
            for name in ["overwritten", "deleted", "tagged"] { try await store.put(name, "one") }
            try await store.put("overwritten", "two")
            try await store.delete(key("deleted"), in: photos, precondition: .none)
            try await store.put("again", "one")
            try await store.delete(key("again"), in: photos, precondition: .none)
            try await store.put("again", "two")
        } _: { (store, _) async throws in
            #expect(try await store.get("overwritten") == "two")
            #expect(try await store.get("again") == "two")
            #expect(try await store.names() == ["again", "overwritten", "tagged"])
        }
    }

    @Test func `the last of several objects of a key is the one that is written again`() async throws {
        try await afterCrash { store, _ in
            try await store.put("key", "one")
            try await store.delete(key("key"), in: photos, precondition: .none)
            try await store.put("key", "two")
        } damage: {
            remove("key", $0)
        } _: { (store, _) async throws in
            #expect(try await store.get("key") == "two")
        }
    }

    @Test func `what a checkpoint has synced is not written again`() async throws {
        try await afterCrash { store, _ in
            try await store.put("key", "content")
            #expect(try await store.checkpoint())
        } damage: {
            remove("key", $0)
        } _: { (store, _) async throws in
            await #expect(throws: S3Error.self) { try await store.get("key") }
        }
    }

    @Test func `the way is that of small new objects only`() async throws {
        try await withStore { (store, root) async throws in
            func isLogged(_ name: String) throws -> Bool {
                store.logged.contains(try store.target(key(name), in: photos))
            }
            let limit = store.configuration.loggedBytes
            try await store.put("at the limit", String(repeating: "x", count: limit))
            try await store.put("above it", String(repeating: "x", count: limit + 1))
            #expect(try isLogged("at the limit"))
            #expect(try !isLogged("above it"))
            try await store.put("at the limit", "overwritten")
            #expect(try !isLogged("at the limit"))
            try await store.put("empty", "")
            #expect(try isLogged("empty"))
            #expect(try await store.checkpoint())
            #expect(try !isLogged("empty"))
        }
    }

    @Test func `it can be switched off`() async throws {
        let root = TestRoot()
        var configuration = FileStoreConfiguration(root: root.path, checkpointInterval: .seconds(3_600))
        configuration.loggedBytes = 0
        let store = try await FileStore.open(configuration, log: quiet, clock: { [clock = TestClock()] in clock.now })
        _ = try await store.createBucket(photos, owner: "me", settings: BucketSettings())
        for text in ["", "x"] {
            try await store.put("key\(text)", text)
            #expect(try !store.logged.contains(store.target(key("key\(text)"), in: photos)))
        }
        await store.close()
    }

    @Test func `a pipe in the place of a logged file does no harm`() async throws {
        try await withStore { (store, root) async throws in
            try await store.put("key", "content")
            let path = root.file("buckets/photos/key")
            #expect(shell("rm '\(path)' && mkfifo '\(path)'") == 0)
            await #expect(throws: S3Error.self) { try await store.get("key") }
            #expect(!store.root.isReadOnly)
            try await store.put("other", "content")
        }
    }

    @Test func `a start that cannot write an object keeps its line`() async throws {
        var crashed: TestRoot?
        try await withStore { (store, root) async throws in
            try await store.put("a/key", "content")
            crashed = root.crashed()
        }
        let root = try #require(crashed)
        remove("a", root)
        #expect(shell("chattr +i '\(root.file("buckets/photos"))'") == 0)
        await #expect(throws: StorageError.self) { try await root.open() }
        #expect(shell("chattr -i '\(root.file("buckets/photos"))'") == 0)
        try await withStore(root) { (store, _) async throws in
            #expect(try await store.get("a/key") == "content")
        }
    }

    @Test func `a bucket that is gone takes its lines with it`() async throws {
        try await afterCrash { store, _ in
            try await store.put("key", "content")
            try await store.delete(key("key"), in: photos, precondition: .none)
            try await store.deleteBucket(photos)
            _ = try await store.createBucket(photos, owner: "me", settings: BucketSettings())
        } _: { (store, _) async throws in
            #expect(try await store.names() == [])
        }
    }
}

/// Keeps every checkpoint from its end.
private struct FailingFeed: ChangeFeed {
    func changed(_ keys: [KeyChange]) {}
    func resume(from segment: Int64) {}
    func flush(upTo segment: Int64) async throws { throw StorageError(.failed, "as the test wants it") }
}
