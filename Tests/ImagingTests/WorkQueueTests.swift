import Testing

@testable import Imaging

@Suite struct WorkQueueTests {
    private func offer(_ names: [String], isUrgent: Bool, to queue: WorkQueue<String>) {
        for name in names { #expect(queue.offer(name, isUrgent: isUrgent) == .accepted) }
    }

    @Test func `urgent elements come first, and the others have a turn after eight of them`() {
        let queue = WorkQueue<String>(capacity: 100)
        let urgent = (0..<20).map { "urgent\($0)" }
        offer(["plain0", "plain1", "plain2"], isUrgent: false, to: queue)
        offer(urgent, isUrgent: true, to: queue)
        let order = (0..<23).compactMap { _ in queue.next() }
        var expected = urgent + ["plain2"]
        expected.insert("plain1", at: 16)
        expected.insert("plain0", at: 8)
        #expect(order == expected)
    }

    @Test func `without others any number of urgent ones comes in a row`() {
        let queue = WorkQueue<String>(capacity: 100)
        let urgent = (0..<20).map { "urgent\($0)" }
        offer(urgent, isUrgent: true, to: queue)
        #expect((0..<20).compactMap { _ in queue.next() } == urgent)
    }

    @Test func `both kinds count for the bound, can be taken out, and come back when it is closed`() {
        let queue = WorkQueue<String>(capacity: 3)
        offer(["plain0", "plain1"], isUrgent: false, to: queue)
        offer(["urgent0"], isUrgent: true, to: queue)
        #expect(queue.offer("urgent1", isUrgent: true) == .full && queue.offer("plain2") == .full && queue.count == 3)
        #expect(queue.remove { $0 == "plain0" } == "plain0" && queue.remove { $0 == "urgent0" } == "urgent0")
        #expect(queue.remove { $0 == "plain0" } == nil && queue.count == 1)
        offer(["urgent2"], isUrgent: true, to: queue)
        #expect(queue.close() == ["urgent2", "plain1"] && queue.next() == nil)
        #expect(queue.offer("late") == .closed)
    }
}
