import Glibc
import S3Protocol
import Testing

@testable import ObjectStorage

/// What is done by hand while the store is in use is listed without anybody asking for it by name.
@Suite struct WatchingTests {
    private func withWatchedStore(
        directories: Int = 100,
        _ body: (FileStore, TestRoot) async throws -> Void
    ) async throws {
        let (root, clock) = (TestRoot(), TestClock())
        // A checkpoint would begin the count of intents anew.
        let configuration = FileStoreConfiguration(
            root: root.path,
            checkpointInterval: .seconds(3600),
            watchedDirectories: directories
        )
        let store = try await FileStore.open(configuration, log: quiet, clock: { clock.now })
        do {
            _ = try await store.createBucket(photos, owner: "me", settings: BucketSettings())
            try await body(store, root)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    /// Waits until the watcher has seen all that the store did.
    private func untilSeen(_ store: FileStore) async throws {
        while store.root.watcher?.expectedCount != 0 { try await Task.sleep(for: .milliseconds(1)) }
    }

    private func eventually(_ store: FileStore, _ names: [String]) async throws {
        while try await store.names() != names { await Task.yield() }
    }

    @Test(.timeLimit(.minutes(5))) func `a file put, changed and removed by hand is listed so`() async throws {
        try await withWatchedStore { (store, root) async throws in
            root.write("buckets/photos/hand", "one")
            try await eventually(store, ["hand"])
            let first = try await store.head(key("hand"), version: nil, in: photos)
            root.write("buckets/photos/hand", "another")
            while try await size(of: "hand", store) != 7 { await Task.yield() }
            #expect(try await store.head(key("hand"), version: nil, in: photos).sequence > first.sequence)
            unlink(root.file("buckets/photos/hand"))
            try await eventually(store, [])
        }
    }

    private func size(of name: String, _ store: FileStore) async throws -> Int64? {
        for case .object(let summary) in try await store.list(ListQuery(), in: photos).entries
        where summary.key == key(name) {
            return summary.size
        }
        return nil
    }

    @Test(.timeLimit(.minutes(5))) func `directories that come and go by hand take their files along`() async throws {
        try await withWatchedStore { (store, root) async throws in
            try await store.put("keep", "x")
            shell("mkdir -p '\(root.path)/aside/deep/er' && echo x > '\(root.path)/aside/deep/er/f'")
            shell("mv '\(root.path)/aside' '\(root.file("buckets/photos/came"))'")
            try await eventually(store, ["came/deep/er/f", "keep"])
            shell("mkdir '\(root.file("buckets/photos/made"))'")
            while store.root.watcher?.count ?? 0 < 5 { await Task.yield() }
            root.write("buckets/photos/made/later", "x")
            try await eventually(store, ["came/deep/er/f", "keep", "made/later"])
            shell("mv '\(root.file("buckets/photos/came"))' '\(root.path)/gone'")
            try await eventually(store, ["keep", "made/later"])
        }
    }

    @Test(.timeLimit(.minutes(5))) func `directories that the store makes are watched too`() async throws {
        try await withWatchedStore { (store, root) async throws in
            try await store.put("a/b/c", "x")
            root.write("buckets/photos/a/b/hand", "x")
            try await eventually(store, ["a/b/c", "a/b/hand"])
        }
    }

    @Test(.timeLimit(.minutes(5))) func `what the store does itself is no event`() async throws {
        try await withWatchedStore { (store, _) async throws in
            for number in 0..<100 {
                let name = "d\(number % 3)/k\(number)"
                try await store.put(name, "one")
                // An event that is read late would use up what is expected of the next change.
                try await untilSeen(store)
                try await store.put(name, "two")
                if number.isMultiple(of: 2) {
                    try await untilSeen(store)
                    try await store.delete(key(name), in: photos, precondition: .none)
                }
            }
            // Each intent is one line, and so is what an overwrite settles: events taken for changes by hand would have
            // added theirs.
            #expect(store.intents.lineCount == 350)
            try await untilSeen(store)
            #expect(store.intents.lineCount == 350)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `many overwrites of one key do not hide what is done to it by hand later`() async throws {
        try await withWatchedStore { (store, root) async throws in
            for number in 0..<200 { try await store.put("hot", "\(number)") }
            while store.root.watcher?.expectedCount != 0 {
                usleep(1_000)
                store.root.watcher?.purge()
            }
            root.write("buckets/photos/hot", "by hand")
            while try await size(of: "hot", store) != 7 { await Task.yield() }
        }
    }

    @Test func `no more directories are watched than allowed`() async throws {
        try await withWatchedStore(directories: 3) { (store, _) async throws in
            for number in 0..<10 { try await store.put("d\(number)/k", "x") }
            #expect(store.root.watcher?.count == 3)
            #expect(try await store.names().count == 10)
        }
    }
}
