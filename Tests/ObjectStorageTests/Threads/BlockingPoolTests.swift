import Glibc
import Testing

@testable import ObjectStorage

@Suite struct BlockingPoolTests {
    @Test(.timeLimit(.minutes(5)), arguments: [1, 2, 8])
    func `all work is done, whoever waits and whoever is woken`(_ threads: Int) async throws {
        let pool = BlockingPool(threadCount: threads)
        let done = Locked(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for round in 0..<2_000 {
                group.addTask {
                    try await pool.run {
                        if round.isMultiple(of: 50) { usleep(200) }
                        done.withLock { $0 += 1 }
                    }
                }
                if round.isMultiple(of: 97) { try await group.next() }
            }
            try await group.waitForAll()
        }
        #expect(done.withLock { $0 } == 2_000)
        await pool.shutdown()
    }

    @Test func `never more threads than allowed work at once, and that many do`() async throws {
        let pool = BlockingPool(threadCount: 4)
        let counts = Monitor((now: 0, most: 0, ended: 0))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    try await pool.run {
                        counts.withLock { counts in
                            counts.now += 1
                            counts.most = max(counts.most, counts.now)
                        }
                        counts.broadcast()
                        // The first ones wait for each other, however long a thread takes to begin.
                        counts.wait(atMost: 60_000_000_000) { $0.most >= 4 || $0.ended > 0 }
                        usleep(2_000)
                        counts.withLock { counts in
                            counts.now -= 1
                            counts.ended += 1
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(counts.withLock { $0.most } == 4)
        await pool.shutdown()
    }

    @Test func `what work holds is let go when it ends, though more work waits`() async throws {
        final class Held: Sendable {
            let count: Locked<Int>
            init(_ count: Locked<Int>) {
                self.count = count
                count.withLock { $0 += 1 }
            }
            deinit { count.withLock { $0 -= 1 } }
        }
        let pool = BlockingPool(threadCount: 1)
        let held = Locked(0)
        let (begun, last) = (Monitor(false), Monitor(false))
        for _ in 0..<300 {
            let one = Held(held)
            pool.start { _ in _ = one.count }
        }
        pool.start { _ in
            begun.withLock { $0 = true }
            begun.broadcast()
            last.wait(atMost: 60_000_000_000) { $0 }
        }
        let waiting = Held(held)
        pool.start { _ in _ = waiting.count }
        begun.wait(atMost: 60_000_000_000) { $0 }
        #expect(held.withLock { $0 } == 1)
        last.withLock { $0 = true }
        last.broadcast()
        await pool.shutdown()
    }

    @Test func `after the end work is refused, and what was begun has come to its end`() async throws {
        let pool = BlockingPool(threadCount: 2)
        let (begun, ended) = (Locked(false), Locked(false))
        async let slow: Void = pool.run {
            begun.withLock { $0 = true }
            usleep(20_000)
            ended.withLock { $0 = true }
        }
        while !begun.withLock({ $0 }) { await Task.yield() }
        await pool.shutdown()
        #expect(ended.withLock { $0 })
        try await slow
        await #expect(throws: StorageError.self) { try await pool.run {} }
        await BlockingPool(threadCount: 3).shutdown()
    }

    @Test func `a wait with a limit ends at the signal or at the limit`() async throws {
        let monitor = Monitor(false)
        let began = ContinuousClock.now
        monitor.wait(atMost: 5_000_000) { $0 }
        #expect(began.duration(to: .now) >= .milliseconds(4))
        let pool = BlockingPool(threadCount: 1)
        async let waiting: Void = pool.run { monitor.wait(atMost: 600_000_000_000) { $0 } }
        monitor.withLock { $0 = true }
        monitor.broadcast()
        try await waiting
        #expect(began.duration(to: .now) < .seconds(300))
        await pool.shutdown()
    }
}
