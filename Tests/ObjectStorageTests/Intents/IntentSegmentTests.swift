import Glibc
import S3Protocol
import Testing

@testable import ObjectStorage

@Suite struct IntentSegmentTests {
    /// A segment beside those of a store, and what stands in it.
    private func withSegment(
        isFilledAhead: Bool = true,
        _ body: (IntentSegments, IntentSegment, () -> [UInt8]) throws -> Void
    ) async throws {
        try await withStore { (store, root) async throws in
            let path = root.file(".larder/intents/1000")
            let file = FileDescriptor(taking: open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600))
            let segment = IntentSegment(1_000, in: file, isFilledAhead: isFilledAhead)
            try body(IntentSegments(root: store.root), segment) { readBytes(path) }
        }
    }

    private func readBytes(_ path: String) -> [UInt8] {
        let file = open(path, O_RDONLY)
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 16 << 20)
        bytes.removeLast(bytes.count - max(0, read(file, &bytes, bytes.count)))
        return bytes
    }

    private func lines(_ name: String, bytes: Int) -> [UInt8] {
        var text: [UInt8] = [10]
        var number = 0
        while text.count < bytes {
            text += IntentLine(bucketID: "x", key: key("\(name)\(number)")).text + [10]
            number += 1
        }
        return text
    }

    private func count(_ segments: IntentSegments) throws -> Int {
        var count = 0
        try segments.read(1_000) { _, _ in count += 1 }
        return count
    }

    @Test func `a few lines have nothing behind them`() async throws {
        try await withSegment { (_, segment, content) throws in
            let text = lines("k", bytes: Int(IntentSegment.fillsFrom) - 100)
            #expect(text.count <= IntentSegment.fillsFrom)
            #expect(try segment.append(text) == text.count)
            #expect(content() == text)
        }
    }

    @Test func `many lines stand before zeros, which the next ones replace`() async throws {
        try await withSegment { (segments, segment, content) throws in
            let text = lines("k", bytes: Int(IntentSegment.fillsFrom) + 1)
            #expect(try segment.append(text) == text.count)
            #expect(content() == text + [UInt8](repeating: 0, count: text.count))
            let next = lines("l", bytes: text.count / 2)
            #expect(try segment.append(next) == next.count)
            #expect(content() == text + next + [UInt8](repeating: 0, count: text.count - next.count))
            #expect(try segments.read(1_000) { _, _ in } == text.count + next.count - 1)
        }
    }

    @Test func `all lines of a long segment are found again`() async throws {
        try await withSegment { (segments, segment, content) throws in
            var expected: [UInt8] = []
            for number in 0..<400 {
                let text = lines("k\(number)-", bytes: 10_000)
                #expect(try segment.append(text) == text.count)
                expected += text
            }
            #expect(content().starts(with: expected))
            #expect(content().count - expected.count <= IntentSegment.longestFill)
            #expect(try count(segments) == expected.split(separator: 10).count)
        }
    }

    @Test func `where a full disk shows at the sync only nothing is filled`() async throws {
        try await withSegment(isFilledAhead: false) { (_, segment, content) throws in
            let text = lines("k", bytes: 200_000)
            for _ in 0..<3 { #expect(try segment.append(text) == text.count) }
            #expect(content() == text + text + text)
        }
    }

    @Test func `what is taken back is gone with the zeros, and lines go on there`() async throws {
        try await withSegment { (segments, segment, content) throws in
            let (text, lost) = (lines("k", bytes: 100_000), lines("lost", bytes: 50_000))
            #expect(try segment.append(text) == text.count)
            #expect(try segment.append(lost) == lost.count)
            try segment.takeBack(lost.count)
            #expect(content() == text)
            let next = lines("l", bytes: 1_000)
            #expect(try segment.append(next) == next.count)
            try segment.sync()
            #expect(content().starts(with: text + next))
            #expect(content().count > (text + next).count)
            #expect(try count(segments) == (text + next).split(separator: 10).count)
        }
    }
}
