import Testing

@testable import RemoteS3

@Suite("Plans of blocks") struct BlockPlanTests {
    /// A plan of ten blocks of ten bytes, the last one of five; those in `present` are here.
    private func plan(_ present: Set<Int> = []) -> BlockPlan {
        BlockPlan(size: 95, blockLength: 10, present: (0..<10).map { present.contains($0) })
    }

    private func fetched(_ step: BlockPlan.Step) -> Range<Int64>? {
        if case .fetch(let run) = step { run.range } else { nil }
    }

    @Test(
        arguments: [
            ([], 0, 95, 0..<95),
            ([], 3, 5, 0..<10),
            ([], 19, 21, 10..<30),
            ([], 94, 95, 90..<95),
            ([3], 5, 95, 0..<30),
            ([0, 1], 20, 60, 20..<60),
            ([9], 85, 95, 80..<90),
        ] as [(Set<Int>, Int64, Int64, Range<Int64>)]
    )
    func `what is missing is fetched in whole blocks, up to what is here or asked for`(
        present: Set<Int>,
        offset: Int64,
        end: Int64,
        expected: Range<Int64>
    ) {
        var plan = plan(present)
        #expect(fetched(plan.step(at: offset, end: end)) == expected)
    }

    @Test func `what is here is read up to its end or that of the reader`() {
        var plan = plan([0, 1, 2, 9])
        #expect(plan.step(at: 0, end: 95) == .ready(until: 30, run: nil))
        #expect(plan.step(at: 15, end: 22) == .ready(until: 22, run: nil))
        #expect(plan.step(at: 91, end: 95) == .ready(until: 95, run: nil))
        #expect(plan.isPresent(5..<30) && !plan.isPresent(5..<31) && plan.isPresent(94..<95) && plan.isPresent(40..<40))
        #expect(plan.firstMissing(5..<95) == 30 && plan.firstMissing(33..<95) == 33 && plan.firstMissing(0..<30) == nil)
        #expect(plan.runs.isEmpty)
    }

    @Test func `readers of a run follow it, and its blocks are here when they are whole`() {
        var plan = plan()
        guard case .fetch(let run) = plan.step(at: 0, end: 95) else { return #expect(Bool(false)) }
        #expect(plan.step(at: 5, end: 20) == .wait(run: run.id))
        #expect(plan.wrote(run.id, until: 7).isEmpty)
        #expect(plan.step(at: 5, end: 20) == .ready(until: 7, run: run.id))
        #expect(plan.wrote(run.id, until: 25) == [0, 1])
        #expect(plan.step(at: 5, end: 95) == .ready(until: 20, run: nil))
        #expect(plan.step(at: 20, end: 95) == .ready(until: 25, run: run.id))
        #expect(plan.wrote(run.id, until: 95) == Array(2..<10))
        plan.end(run.id)
        #expect(plan.isPresent(0..<95) && plan.runs.isEmpty)
        #expect(plan.length(ofBlock: 0) == 10 && plan.length(ofBlock: 9) == 5)
    }

    @Test func `what a run brought of a block that it did not end is not here`() {
        var plan = plan()
        guard case .fetch(let run) = plan.step(at: 0, end: 95) else { return #expect(Bool(false)) }
        _ = plan.wrote(run.id, until: 25)
        plan.end(run.id)
        #expect(plan.wrote(run.id, until: 40).isEmpty)
        #expect(!plan.isPresent(20..<21))
        #expect(fetched(plan.step(at: 24, end: 95)) == 20..<95)
    }

    @Test func `a run that is far behind is not waited for, and another ends where a third begins`() {
        var plan = BlockPlan(size: 1000, blockLength: 10, present: Array(repeating: false, count: 100))
        guard case .fetch(let first) = plan.step(at: 0, end: 1000) else { return #expect(Bool(false)) }
        #expect(plan.step(at: 79, end: 1000) == .wait(run: first.id))
        guard case .fetch(let second) = plan.step(at: 800, end: 900) else { return #expect(Bool(false)) }
        #expect(second.range == 800..<900)
        #expect(fetched(plan.step(at: 600, end: 1000)) == 600..<800)
        // The nearest of those that come.
        #expect(plan.step(at: 805, end: 810) == .wait(run: second.id))
        // What was brought twice is here once.
        #expect(plan.wrote(second.id, until: 820) == [80, 81])
        #expect(plan.wrote(first.id, until: 1000).count == 98)
    }

    @Test func `a run that is near its end is told from one that is not`() {
        var plan = BlockPlan(size: 1000, blockLength: 10, present: Array(repeating: false, count: 100))
        guard case .fetch(let run) = plan.step(at: 0, end: 1000) else { return #expect(Bool(false)) }
        _ = plan.wrote(run.id, until: 919)
        #expect(plan.isFarFromEnd(run.id))
        _ = plan.wrote(run.id, until: 920)
        #expect(!plan.isFarFromEnd(run.id) && !plan.isFarFromEnd(99))
    }

    @Test func `a run has begun with its first byte, whole block or not`() {
        var plan = plan()
        guard case .fetch(let run) = plan.step(at: 20, end: 50) else { return #expect(Bool(false)) }
        #expect(!plan.hasBegun(run.id))
        for position in [21, 30] as [Int64] {
            _ = plan.wrote(run.id, until: position)
            #expect(plan.hasBegun(run.id))
        }
        #expect(plan.step(at: 30, end: 50) == .wait(run: run.id), "at the end of a block there is nothing to read yet")
        plan.end(run.id)
        #expect(!plan.hasBegun(run.id))
    }

    @Test func `a reader belongs to a run that is to bring something of its range`() {
        var plan = plan()
        guard case .fetch(let run) = plan.step(at: 0, end: 50) else { return #expect(Bool(false)) }
        _ = plan.wrote(run.id, until: 20)
        #expect(plan.run(for: 0..<95, preferring: nil) == run.id)
        #expect(plan.run(for: 10..<21, preferring: nil) == run.id)
        #expect(plan.run(for: 0..<20, preferring: run.id) == nil)
        #expect(plan.run(for: 50..<95, preferring: run.id) == nil)
    }
}
