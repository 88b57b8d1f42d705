import S3Protocol
import Testing

@testable import ObjectStorage

@Suite struct IntentReaderTests {
    private static let keys = ["a", "a b", "a\nb", "ü/%", "\u{1}", "settled", "a put 1 x"].map {
        IntentLine(bucketID: "id", key: key($0))
    }
    private static let contents: [[UInt8]] = [
        [], [10], [92], [92, 110], Array("\n\\n \n".utf8), Array(0...255), Array(repeating: 10, count: 70),
        Array("\n0f0f0f0f id forged\n".utf8), Array(repeating: 7, count: 5_000),
    ]

    /// One of each kind.
    private let entries: [IntentEntry] =
        keys.map { .change($0) } + keys.map { .settled($0) }
        + contents.enumerated().map { number, content in
            .put(
                LoggedObject(
                    key: keys[number % keys.count],
                    attribute: Array("{\"v\":1,\"é\\\": \n}".utf8),
                    content: content
                )
            )
        }

    private func line(_ entry: IntentEntry) -> [UInt8] {
        switch entry {
        case .change(let key): key.text
        case .settled(let key): key.settledText
        case .put(let object):
            object.content.withUnsafeBytes {
                LoggedObject.text(object.key, attribute: object.attribute, content: $0)
            }
        }
    }

    private func lines(_ entries: [IntentEntry]) -> [UInt8] {
        var text: [UInt8] = []
        for entry in entries {
            text += line(entry)
            text.append(10)
        }
        return text
    }

    private func read(_ text: [UInt8], pieces: Int = .max) -> [IntentEntry] {
        var reader = IntentReader()
        var found: [IntentEntry] = []
        var rest = text[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(pieces))
            piece.withUnsafeBytes { reader.feed($0) { entry, _ in found.append(entry) } }
            rest = rest.dropFirst(piece.count)
        }
        reader.finish { entry, _ in found.append(entry) }
        return found
    }

    @Test func `lines come back as they were written, in pieces of any length`() {
        let text = [10] + lines(entries)
        for pieces in [1, 2, 7, 4_096, .max] { #expect(read(text, pieces: pieces) == entries) }
    }

    @Test func `no content looks like a line`() {
        for entry in entries { #expect(!line(entry).contains(10)) }
    }

    @Test func `a line is found again where the reader says that it is`() {
        let text = [10] + lines(entries)
        var reader = IntentReader()
        text.withUnsafeBytes { bytes in
            reader.feed(bytes) { entry, range in
                #expect(IntentEntry(text[Int(range.lowerBound)..<Int(range.upperBound)]) == entry)
            }
        }
    }

    @Test func `a torn end costs the torn line only, wherever it is torn`() {
        let some = entries.filter { line($0).count < 400 }
        let text = lines(some)
        for end in 0...text.count {
            let found = read(Array(text[..<end]))
            #expect(found == Array(some.prefix(found.count)))
            #expect(found.count >= text[..<end].count { $0 == 10 })
        }
    }

    @Test func `a line after a torn one is read`() {
        let lines = entries.prefix(3).map { line($0) }
        let torn = [UInt8](lines[0].dropLast(3)) + [10] + lines[1] + [10, 10] + lines[2]
        #expect(read(torn) == Array(entries[1...2]))
    }

    @Test func `any byte changed makes a line worthless`() {
        for entry in entries where line(entry).count < 400 {
            let text = line(entry)
            for index in text.indices {
                var changed = text
                changed[index] ^= 1
                #expect(IntentEntry(changed[...]) == nil)
            }
        }
    }

    @Test func `a line longer than any is passed over, and the next one read`() {
        let long = [UInt8](repeating: 65, count: IntentReader.longestLine + 1)
        for pieces in [1_000, .max] {
            #expect(read(long + [10] + line(entries[0]) + [10], pieces: pieces) == [entries[0]])
        }
    }

    @Test func `zeros behind the lines are passed over, many or few`() {
        for count in [1, 10, 4_096, IntentReader.longestLine + 1] {
            let text = [10] + lines(entries) + [UInt8](repeating: 0, count: count)
            for pieces in [1_000, .max] { #expect(read(text, pieces: pieces) == entries) }
        }
    }

    @Test func `the longest object fits in a line`() {
        let longest = IntentEntry.put(
            LoggedObject(
                key: IntentLine(
                    bucketID: String(repeating: "b", count: 36),
                    key: key(String(repeating: "%", count: 1_024))
                ),
                attribute: Array(repeating: 92, count: RecordFiles.longestAttribute),
                content: Array(repeating: 10, count: LoggedObject.longestContent)
            )
        )
        #expect(read(line(longest)) == [longest])
    }

    @Test(
        arguments: [
            "id a put", "id a put 1", "id a put x y", "id a put -1 y", "id a put 3 ab", "id a put 1 a\\",
            "id a put 1 a\\x",
            "id a settled now", "id a lost", "id", "", "id %zz",
        ]
    )
    func `a line with the right checksum and another form is none`(_ rest: String) {
        #expect(IntentEntry(IntentLine.line(Array(rest.utf8))[...]) == nil)
    }
}
