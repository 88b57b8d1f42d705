import S3Protocol
import Testing

@testable import ObjectStorage

/// What a listing is, said in the plainest way.
private func reference(_ keys: [[UInt8]], _ query: ListQuery) -> (entries: [[UInt8]], isTruncated: Bool) {
    func rolled(_ key: [UInt8]) -> [UInt8] {
        guard !query.delimiter.isEmpty, key.starts(with: query.prefix) else { return key }
        for end in stride(from: query.prefix.count + query.delimiter.count, through: key.count, by: 1)
        where key[..<end].suffix(query.delimiter.count).elementsEqual(query.delimiter) {
            return Array(key[..<end])
        }
        return key
    }
    guard query.limit > 0 else { return ([], false) }
    let marker = rolled(query.after)
    let isPrefixMarker =
        marker != query.after
        || (!query.delimiter.isEmpty && marker.count >= query.prefix.count
            && query.after.starts(with: query.prefix) && query.after.count > query.prefix.count
            && query.after[query.prefix.count...].suffix(query.delimiter.count).elementsEqual(query.delimiter)
            && query.after.count >= query.prefix.count + query.delimiter.count)
    var entries: [[UInt8]] = []
    for key in keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) where key.starts(with: query.prefix) {
        guard query.after.lexicographicallyPrecedes(key) else { continue }
        if isPrefixMarker, key.starts(with: marker) { continue }
        let entry = rolled(key)
        if entries.last != entry { entries.append(entry) }
    }
    return (Array(entries.prefix(query.limit)), entries.count > query.limit)
}

@Suite struct ListingTests {
    @Test func `pages are what the plain definition says, for random keys and queries`() async throws {
        try await withStore { (store, _) async throws in
            var random = SeededGenerator(seed: 42)
            func text(_ lengths: ClosedRange<Int>) -> [UInt8] {
                let letters = Array("ab/-é".utf8.prefix(4)) + [UInt8(ascii: "/")]
                return (0..<Int.random(in: lengths, using: &random)).map { _ in letters.randomElement(using: &random)! }
            }
            let keys = Set((0..<400).map { _ in text(1...7) })
            let id = try store.bucket(photos).id
            for bytes in keys {
                let record = ObjectRecord(
                    key: try ObjectKey(utf8: bytes),
                    bucketID: id,
                    sequence: 1,
                    version: .null,
                    size: 1,
                    modified: Timestamp(nanoseconds: 1),
                    etag: ETag("e"),
                    checksums: [],
                    attributes: ObjectAttributes()
                )
                let row = IndexRow(record)
                await store.writer.enqueue(.put(row, bucketID: id)).wait()
            }
            for _ in 0..<1_500 {
                let query = ListQuery(
                    prefix: text(0...2),
                    delimiter: [[], Array("/".utf8), Array("a".utf8), Array("/a".utf8)].randomElement(using: &random)!,
                    after: Bool.random(using: &random) ? [] : text(0...5),
                    limit: Int.random(in: 0...12, using: &random)
                )
                let expected = reference(Array(keys), query)
                let page = try await store.list(query, in: photos)
                #expect(page.entries.map(\.bytes) == expected.entries, "\(query)")
                #expect(page.isTruncated == expected.isTruncated, "\(query)")
            }
        }
    }

    @Test(arguments: [[], Array("/".utf8)])
    func `pages one after the other give everything once`(_ delimiter: [UInt8]) async throws {
        try await withStore { (store, _) async throws in
            for number in 0..<40 { try await store.put("d\(number % 7)/\(number)", "x") }
            let all = try await store.names(ListQuery(delimiter: delimiter))
            var collected: [String] = []
            var query = ListQuery(delimiter: delimiter, limit: 3)
            var page = try await store.list(query, in: photos)
            while true {
                collected += page.entries.map { String(decoding: $0.bytes, as: UTF8.self) }
                guard page.isTruncated, let last = page.entries.last else { break }
                query.after = last.bytes
                page = try await store.list(query, in: photos)
            }
            #expect(collected == all)
        }
    }

    @Test func `keys are in byte order, and what rolls up is told once`() async throws {
        try await withStore { (store, _) async throws in
            for name in ["a/b", "a-b", "a", "B", "é", "e\u{301}", "a//", "a/c/d"] { try await store.put(name, "x") }
            #expect(
                try await store.names().map { Array($0.utf8) }
                    == ["B", "a", "a-b", "a//", "a/b", "a/c/d", "e\u{301}", "é"].map { Array($0.utf8) }
            )
            #expect(
                try await store.names(ListQuery(delimiter: Array("/".utf8))).map { Array($0.utf8) }
                    == ["B", "a", "a-b", "a/", "e\u{301}", "é"].map { Array($0.utf8) }
            )
            #expect(
                try await store.names(ListQuery(prefix: Array("a/".utf8), delimiter: Array("/".utf8))) == [
                    "a//", "a/b", "a/c/",
                ]
            )
        }
    }
}

extension ListPage.Entry {
    var bytes: [UInt8] {
        switch self {
        case .object(let summary): summary.key.utf8
        case .commonPrefix(let prefix): prefix
        }
    }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
