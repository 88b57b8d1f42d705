import Testing

@testable import ObjectStorage

@Suite struct SharedSyncsTests {
    /// Syncs that are counted and go on when they are let.
    private final class Disk: Sendable {
        let begun = Locked(0)
        let allowed = Monitor(0)
        let syncs = SharedSyncs()
        let pool = BlockingPool(threadCount: 16)
        let inode: UInt64 = 7

        /// A change that waits for its sync; says whether that has gone well.
        func change(_ place: UInt64? = nil) async -> Bool {
            (try? await pool.run { [self] in try syncs.sync(place ?? inode) { try sync() } }) != nil
        }

        /// The second sync fails.
        private func sync() throws {
            let number = begun.withLock { begun in
                begun += 1
                return begun
            }
            allowed.wait { $0 >= number ? () : nil }
            if number == 2 { throw StorageError(.failed, "the disk is broken") }
        }

        func allow(_ count: Int) {
            allowed.withLock { $0 = count }
            allowed.broadcast()
        }

        func wait(for isTrue: () -> Bool) async {
            while !isTrue() { await Task.yield() }
        }
    }

    @Test(.timeLimit(.minutes(5))) func `who comes while one runs shares the next, and its failure`() async {
        let disk = Disk()
        async let first = disk.change()
        await disk.wait { disk.begun.withLock { $0 } == 1 }
        let others = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 { group.addTask { await disk.change() } }
            await disk.wait { disk.syncs.waitingCount(disk.inode) == 8 }
            disk.allow(1)
            await disk.wait { disk.begun.withLock { $0 } == 2 }
            // The second one has begun: a change made now is not in it.
            group.addTask { await disk.change() }
            await disk.wait { disk.syncs.waitingCount(disk.inode) == 1 }
            disk.allow(100)
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(await first)
        #expect(others.count { $0 } == 1)
        #expect(others.count { !$0 } == 8)
        #expect(disk.begun.withLock { $0 } == 3)
        await disk.pool.shutdown()
    }

    @Test(.timeLimit(.minutes(5)))
    func `directories do not wait for each other, and one who is alone waits for nobody`()
        async
    {
        let disk = Disk()
        disk.allow(0)
        async let first = disk.change()
        await disk.wait { disk.begun.withLock { $0 } == 1 }
        async let other = disk.change(8)
        await disk.wait { disk.begun.withLock { $0 } == 2 }
        disk.allow(100)
        #expect(await first)
        #expect(await !other)
        #expect(await disk.change())
        #expect(disk.begun.withLock { $0 } == 3)
        #expect(disk.syncs.waitingCount(disk.inode) == 0)
        await disk.pool.shutdown()
    }

    @Test(.timeLimit(.minutes(5))) func `every change is followed by a sync that began after it`() async {
        let (syncs, pool) = (SharedSyncs(), BlockingPool(threadCount: 8))
        let (changes, synced) = (Locked(0), Locked(0))
        let missed = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<2_000 {
                group.addTask {
                    let result = try? await pool.run {
                        let own = changes.withLock { changes in
                            changes += 1
                            return changes
                        }
                        try syncs.sync(1) {
                            let seen = changes.withLock { $0 }
                            synced.withLock { $0 = max($0, seen) }
                        }
                        return synced.withLock { $0 } >= own
                    }
                    return result != true
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(missed == 0)
        await pool.shutdown()
    }
}
