import S3Protocol
import Testing

@testable import ObjectStorage

@Suite struct IntentLineTests {
    private let lines = ["a", "a b", "a\nb", "ü/%", "\u{1}"].map { IntentLine(bucketID: "id", key: key($0)) }

    @Test func `lines come back as they were written`() {
        let text = "\n" + lines.map { $0.text + "\n" }.joined()
        #expect(IntentLine.lines(of: Array(text.utf8)) == lines)
    }

    @Test func `a torn end costs the torn line only, wherever it is torn`() {
        let text = Array(lines.map { $0.text + "\n" }.joined().utf8)
        for end in 0...text.count {
            let read = IntentLine.lines(of: Array(text[..<end]))
            #expect(read == Array(lines.prefix(read.count)))
            let whole = text[..<end].count { $0 == UInt8(ascii: "\n") }
            #expect(read.count >= whole)
        }
    }

    @Test func `a line after a torn one is read`() {
        let text = String(lines[0].text.dropLast(3)) + "\n" + lines[1].text + "\n\n" + lines[2].text
        #expect(IntentLine.lines(of: Array(text.utf8)) == [lines[1], lines[2]])
    }

    @Test func `any byte changed makes a line worthless`() {
        let text = Array(lines[3].text.utf8)
        for index in text.indices {
            var changed = text
            changed[index] ^= 1
            #expect(IntentLine(changed[...]) != lines[3])
        }
    }

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
            let lines = try IntentSegments(root: store.root).lines(of: numbers[0])
            #expect(Set(lines.map(\.key.string)).count == 200)
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
