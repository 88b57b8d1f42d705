import S3Protocol
import Testing

@testable import ObjectStorage

@Suite struct IntentLogTests {
    @Test func `requests that come together share a segment and are all on disk`() async throws {
        try await withStore { (store, root) async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let token = try await store.intents.record(
                            IntentLine(bucketID: "x", key: key("k\(number)")),
                            .strict
                        )
                        store.intents.end(token)
                    }
                }
                try await group.waitForAll()
            }
            let numbers = try IntentSegments(root: store.root).numbers()
            #expect(numbers.count == 1)
            let lines = try RecoveredIntents(IntentSegments(root: store.root), numbers).keys
            #expect(lines.count == 200)
            #expect(store.intents.lineCount == 200)
            #expect(try await store.checkpoint())
            #expect(try IntentSegments(root: store.root).numbers() == [numbers[0] + 1])
            #expect(store.intents.lineCount == 0)
        }
    }

    @Test func `a checkpoint waits for the requests before it`() async throws {
        try await withStore { (store, root) async throws in
            let token = try await store.intents.record(IntentLine(bucketID: "x", key: key("k")), .strict)
            let before = try IntentSegments(root: store.root).numbers()
            async let checkpoint = store.checkpoint()
            while try IntentSegments(root: store.root).numbers().count == 1 { await Task.yield() }
            #expect(try IntentSegments(root: store.root).numbers().first == before[0])
            store.intents.end(token)
            #expect(try await checkpoint)
            #expect(try IntentSegments(root: store.root).numbers() == [before[0] + 1])
        }
    }
}
