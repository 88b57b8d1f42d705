import Glibc
import GRDB
import ObjectStorage
import S3Protocol
import Testing

@testable import Mirror

@Suite("The table of a mirror") struct MirrorTableTests {
    private static let start = Timestamp(seconds: 1_000)

    private func with(_ body: (MirrorTable, String) async throws -> Void) async throws {
        let root = TestRoot()
        let path = root.path + "/mirror.sqlite"
        let table = try MirrorTable.open(at: path, log: quiet)
        try await body(table, path)
        table.close()
    }

    private func change(_ name: String, size: Int64? = 1) -> KeyChange {
        KeyChange(bucket: photos, bucketID: "b", key: key(name), size: size)
    }

    private func entry(_ name: String, _ table: MirrorTable) async throws -> MirrorEntry {
        try #require(try await table.entry(of: key(name), bucketID: "b"))
    }

    private func totals(_ table: MirrorTable) async throws -> MirrorTotals {
        try await table.totals(of: try #require(try await table.buckets().first).number)
    }

    @Test func `a key has one row however often it changes, and waits since the first time`() async throws {
        try await with { table, _ in
            for second in 0..<3 as Range<Int64> {
                try table.keep([change("k", size: 10 + second)], upTo: nil, at: Self.start.advanced(bySeconds: second))
            }
            let found = try await entry("k", table)
            #expect(found.change == 3 && found.since == Self.start && found.size == 12 && found.state == .queued)
            let totals = try await totals(table)
            #expect(totals.counts == [.queued: 1] && totals.waitingBytes == 12 && totals.oldest == Self.start)
        }
    }

    @Test func `a change during a transfer keeps the key queued, and what was learnt is kept`() async throws {
        try await with { table, _ in
            try table.keep([change("k")], upTo: nil, at: Self.start)
            let taken = try await entry("k", table)
            try table.keep([change("k")], upTo: nil, at: Self.start)
            let note = MirrorNote(sequence: 7, etag: "e", version: "v", tags: "t")
            for keepsRow in [true, false] {
                try await table.settle(taken, note, keepsRow: keepsRow, at: Self.start)
                let found = try await entry("k", table)
                #expect(found.state == .queued && found.note == note)
            }
            try await table.setBack(taken, to: .failed, due: Self.start, "late")
            #expect(try await entry("k", table).state == .queued)
            try await table.settle(try await entry("k", table), note, keepsRow: true, at: Self.start)
            #expect(try await entry("k", table).state == .verified)
            #expect(try await totals(table).counts.filter { $0.value > 0 } == [.verified: 1])
        }
    }

    @Test func `what came of a try never goes to a row that was made anew`() async throws {
        try await with { table, _ in
            try table.keep([change("k")], upTo: nil, at: Self.start)
            let stale = try await entry("k", table)
            let gone = MirrorNote(sequence: 0)
            try await table.settle(stale, gone, keepsRow: false, at: Self.start)
            #expect(try await table.entry(of: key("k"), bucketID: "b") == nil)
            try table.keep([change("k")], upTo: nil, at: Self.start)
            try await table.settle(stale, gone, keepsRow: false, at: Self.start)
            #expect(try await entry("k", table).state == .queued)
        }
    }

    @Test func `a look at everything takes the worth from a try that is under way`() async throws {
        try await with { table, _ in
            try table.keep([change("k")], upTo: nil, at: Self.start)
            let underWay = try await entry("k", table)
            let page = [KeySequence(key: key("k"), sequence: 9, size: 1)]
            let count = try await table.compare(
                page,
                after: nil,
                isLast: true,
                everything: true,
                bucketID: "b",
                at: Self.start
            )
            #expect(count == 1)
            let note = MirrorNote(sequence: 8, etag: "e")
            try await table.settle(underWay, note, keepsRow: true, at: Self.start)
            #expect(try await entry("k", table).state == .queued)
        }
    }

    @Test func `only what is due is given, the longest wait first`() async throws {
        try await with { table, _ in
            for (name, second) in [("b", 2), ("a", 1), ("c", 9)] as [(String, Int64)] {
                try table.keep([change(name)], upTo: nil, at: Self.start.advanced(bySeconds: second))
            }
            try table.keep([change("conflict")], upTo: nil, at: Self.start)
            try await table.setBack(try await entry("conflict", table), to: .conflict, due: Self.start, "others")
            let bucket = try await entry("a", table).bucket
            let found = try await table.due(in: [bucket], at: Self.start.advanced(bySeconds: 5), limit: 10)
            #expect(found.entries.map(\.key.string) == ["a", "b"])
            #expect(found.next == Self.start.advanced(bySeconds: 9))
            #expect(try await table.due(in: [], at: Self.start, limit: 10).entries.isEmpty)
        }
    }

    @Test func `the last reason is told while new keys wait`() async throws {
        try await with { table, _ in
            try table.keep([change("tried")], upTo: nil, at: Self.start)
            #expect(try await totals(table).lastReason == nil)
            let due = Self.start.advanced(bySeconds: 1)
            try await table.setBack(try await entry("tried", table), to: .queued, due: due, "no answer")
            try table.keep([change("new")], upTo: nil, at: Self.start.advanced(bySeconds: 60))
            #expect(try await totals(table).lastReason == "no answer")
            let note = MirrorNote(sequence: 1, etag: "e")
            try await table.settle(try await entry("tried", table), note, keepsRow: true, at: Self.start)
            #expect(try await totals(table).lastReason == nil)
        }
    }

    @Test func `keys that are other than noted, new or gone are queued by a comparison`() async throws {
        try await with { table, _ in
            for name in ["changed", "gone", "kept", "last"] {
                try table.keep([change(name)], upTo: nil, at: Self.start)
                let note = MirrorNote(sequence: 1, etag: "e")
                try await table.settle(try await entry(name, table), note, keepsRow: true, at: Self.start)
            }
            func page(_ names: [String: Int64]) -> [KeySequence] {
                names.sorted { $0.key < $1.key }.map { KeySequence(key: key($0.key), sequence: $0.value, size: 5) }
            }
            func compare(
                _ names: [String: Int64],
                after: String?,
                isLast: Bool,
                everything: Bool = false
            ) async throws
                -> Int
            {
                try await table.compare(
                    page(names),
                    after: after.map(key),
                    isLast: isLast,
                    everything: everything,
                    bucketID: "b",
                    at: Self.start
                )
            }
            #expect(try await compare(["changed": 2, "kept": 1], after: nil, isLast: false) == 2)
            #expect(try await compare(["new": 1], after: "kept", isLast: true) == 2)
            let waiting = try await table.entries(bucketID: "b", states: [.queued], limit: 10)
            #expect(waiting.map(\.key.string) == ["changed", "gone", "last", "new"])
            #expect(try await compare(["kept": 1], after: "gone", isLast: false, everything: true) == 1)
        }
    }

    @Test func `another remote knows nothing of what the one before had`() async throws {
        try await with { table, _ in
            try await table.setBuckets(["b": "one"], known: [])
            try table.keep([change("k")], upTo: nil, at: Self.start)
            let note = MirrorNote(sequence: 1, etag: "e")
            try await table.settle(try await entry("k", table), note, keepsRow: true, at: Self.start)
            try await table.setBuckets(["b": "one"], known: try await table.buckets())
            #expect(try await entry("k", table).state == .verified)
            try await table.setBuckets(["b": "two"], known: try await table.buckets())
            let found = try await entry("k", table)
            #expect(found.state == .queued && found.note == nil)
            try await table.setBuckets([:], known: try await table.buckets())
            #expect(try await table.buckets().isEmpty)
            #expect(try await table.entry(of: key("k"), bucketID: "b") == nil)
        }
    }

    @Test func `a pause is kept`() async throws {
        let root = TestRoot()
        let path = root.path + "/mirror.sqlite"
        let table = try MirrorTable.open(at: path, log: quiet)
        try await table.setBuckets(["a": "one", "b": "one"], known: [])
        try await table.pause(true, bucketID: "a")
        table.close()
        let again = try MirrorTable.open(at: path, log: quiet)
        #expect(try await again.buckets().filter(\.isPaused).map(\.id) == ["a"])
        again.close()
    }

    @Test func `a damaged file is made anew and one of a newer Larder is refused`() async throws {
        let root = TestRoot()
        let path = root.path + "/mirror.sqlite"
        system("head -c 5000 /dev/urandom > '\(path)'")
        let table = try MirrorTable.open(at: path, log: quiet)
        #expect(try table.keptSegment() == nil)
        try await table.database.write { try $0.execute(sql: "PRAGMA user_version = 99") }
        table.close()
        #expect { try MirrorTable.open(at: path, log: quiet) } throws: { error in
            (error as? StorageError)?.code == .newerFormat
        }
    }
}
