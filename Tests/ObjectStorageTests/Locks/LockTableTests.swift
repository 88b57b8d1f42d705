import Testing

@testable import ObjectStorage

@Suite struct LockTableTests {
    @Test func `an exclusive lock is held by one at a time`() async throws {
        let table = LockTable<String>()
        let holders = Locked((now: 0, most: 0))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    try await table.withLock("a", .exclusive) {
                        holders.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                        await Task.yield()
                        holders.withLock { $0.now -= 1 }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(holders.withLock { $0.most } == 1)
        #expect(table.count == 0)
    }

    @Test func `shared holders are together and wait for nobody but an exclusive one`() async throws {
        let table = LockTable<String>()
        let result = try await table.withLock("a", .shared) {
            try await table.withLock("a", .shared) { 7 }
        }
        #expect(result == 7)
    }

    @Test func `waiters come in the order in which they came`() async throws {
        let table = LockTable<Int>()
        let order = Locked<[Int]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (gate, opened) = AsyncStream<Void>.makeStream()
            let (held, holding) = AsyncStream<Void>.makeStream()
            group.addTask {
                try await table.withLock(1, .exclusive) {
                    holding.finish()
                    for await _ in gate {}
                }
            }
            for await _ in held {}
            for number in 0..<20 {
                let before = table.waiterCount(1)
                group.addTask {
                    try await table.withLock(1, number % 3 == 0 ? .shared : .exclusive) {
                        order.withLock { $0.append(number) }
                    }
                }
                while table.waiterCount(1) == before { await Task.yield() }
            }
            opened.finish()
            try await group.waitForAll()
        }
        #expect(order.withLock { $0 } == Array(0..<20))
    }

    @Test func `a cancelled waiter leaves and does not hold up the others`() async throws {
        let table = LockTable<Int>()
        let (gate, opened) = AsyncStream<Void>.makeStream()
        let (held, holding) = AsyncStream<Void>.makeStream()
        let holder = Task {
            try await table.withLock(1, .shared) {
                holding.finish()
                for await _ in gate {}
            }
        }
        for await _ in held {}
        let waiter = Task { try await table.withLock(1, .exclusive) {} }
        while table.waiterCount(1) == 0 { await Task.yield() }
        let reader = Task { try await table.withLock(1, .shared) { true } }
        while table.waiterCount(1) == 1 { await Task.yield() }
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
        #expect(try await reader.value)
        opened.finish()
        try await holder.value
        #expect(table.count == 0)
    }

    @Test func `a task that is cancelled already does not get the lock`() async {
        let table = LockTable<Int>()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await table.withLock(1, .exclusive) {}
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(table.count == 0)
    }
}
