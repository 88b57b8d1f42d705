import Attachments
import FoundationEssentials
import Imaging
import ObjectStorage
import S3Protocol
import Testing

/// What `larder fsck` finds about attachments, styles, jobs and authorizations.
@Suite struct RecordsCheckTests {
    @Test func `attachments in every state have no findings`() async throws {
        try await AttachmentsRoot.with { (root) async throws in
            _ = try await root.attach()
            root.fixture.renderer.next(failure: .damaged)
            let failed = try await root.claim("broken.jpg")
            try await root.runJobs()
            #expect(try await root.records.attachment(failed.id)?.state == .failed)
            _ = try await root.claim("pending.jpg")
            for isLive in [true, false] { #expect(try await root.check(isLive: isLive) == []) }
            #expect(try await root.inspect() == [])
        }
    }

    @Test(arguments: RecordsDamage.all)
    func `each damage is found once, and gone after a repair`(_ damage: RecordsDamage) async throws {
        try await AttachmentsRoot.with { (root) async throws in
            try await damage.make(root, root.attach())
            let before = try root.dump()
            for found in [try await root.inspect(), try await root.check()] {
                let named = found.filter { $0.code.rawValue == damage.code && $0.subject == damage.subject }
                #expect(named.count == 1, "\(found)")
                #expect(named.first?.isRepairable == damage.isRepairable && named.first?.isRepaired == false)
                #expect(!named.contains { $0.detail.isEmpty })
            }
            #expect(try root.dump() == before)
            let repaired = try await root.check(repair: true)
            let named = repaired.first { $0.code.rawValue == damage.code && $0.subject == damage.subject }
            #expect(named?.isRepaired == damage.isRepairable, "\(repaired)")
            let left = try await root.check()
            #expect(left.map(\.code.rawValue) == (damage.isRepairable ? [] : [damage.code]), "\(left)")
            // What is queued is made by a server, which also removes what nobody knows.
            try await root.runJobs()
            _ = try await root.janitor.sweep()
            let later = try await root.check()
            #expect(later.map(\.code.rawValue) == (damage.isLeftToPeople ? [damage.code] : []), "\(later)")
        }
    }

    @Test func `styles that went are made anew of what is there`() async throws {
        try await AttachmentsRoot.with { (root) async throws in
            let record = try await root.attach()
            let listener = root.fixture.signals.work.listen(for: .only)
            try await root.remove(record.styles[0].key)
            _ = try await root.check(repair: true, isLive: true)
            #expect(await listener.wait(atMost: .seconds(10), sleep: { try await Task.sleep(for: $0) }))
            #expect(try await root.records.attachment(record.id)?.state == .pending)
            try await root.runJobs()
            #expect(try await root.records.attachment(record.id) == record)
            for style in record.styles {
                #expect(try await root.store.head(style.key, version: nil, in: uploads).size == style.byteSize)
            }
        }
    }

    @Test func `styles of an original that is gone are kept`() async throws {
        try await AttachmentsRoot.with { (root) async throws in
            let record = try await root.attach()
            try await root.remove(record.object.key)
            try await root.remove(record.styles[0].key)
            let left = try await root.check(repair: true)
            #expect(Set(left.map(\.code.rawValue)) == ["original-missing", "style-missing"])
            #expect(left.allSatisfy { !$0.isRepairable && !$0.isRepaired })
            #expect(try await root.records.attachment(record.id) == record)
        }
    }

    @Test func `a deletion that a server may be at is none of its findings`() async throws {
        try await AttachmentsRoot.with { (root) async throws in
            let record = try await root.attach()
            _ = try await root.records.beginDeletion(record.id)
            #expect(try await root.check(repair: true, isLive: true) == [])
            #expect(try await root.store.head(record.object.key, version: nil, in: uploads).size == 6)
            #expect(try await root.check(repair: true).map(\.isRepaired) == [true])
            let keys = try await root.store.list(ListQuery(), in: uploads).entries
            #expect(keys.isEmpty)
        }
    }

    @Test func `a young style of no attachment is left to the server`() async throws {
        try await AttachmentsRoot.with { (root) async throws in
            try await root.put("styles/99/thumb-00000000.jpg", "x")
            let ahead = root.clock.now.nanoseconds - AttachmentsRoot.written.nanoseconds
            root.clock.advance(bySeconds: 3_600 - ahead / 1_000_000_000)
            #expect(try await root.check() == [])
            root.clock.advance(bySeconds: 6 * 3_600)
            #expect(try await root.check().map(\.code.rawValue) == ["style-unknown"])
        }
    }

    @Test func `records that are missing, newer or no database are told and left alone`() async throws {
        try await AttachmentsRoot.with { (root) async throws in
            let other = root.path + "/other"
            let file = other + "/.larder/records.sqlite"
            try FileManager.default.createDirectory(atPath: other + "/.larder", withIntermediateDirectories: true)
            try SQLiteRecordStore(path: file).close()
            #expect(try await root.inspect(other) == [])
            try root.sql("PRAGMA user_version = 99", in: other)
            #expect(try await root.inspect(other).map(\.code.rawValue) == ["records-newer"])
            try Data("garbage, and a lot of it".utf8).write(to: URL(filePath: file))
            #expect(try await root.inspect(other).map(\.code.rawValue) == ["records-damaged"])
            try FileManager.default.removeItem(atPath: file)
            #expect(try await root.inspect(other).map(\.code.rawValue) == ["records-missing"])
            #expect(!FileManager.default.fileExists(atPath: file))
        }
    }

    @Test func `a check beside a server at work finds nothing`() async throws {
        try await AttachmentsRoot.with { (root) async throws in
            let working = Task {
                for number in 0..<25 {
                    let record = try await root.claim("\(number).jpg")
                    if number % 2 == 0 { try await root.runJobs() }
                    if number % 3 == 0 { try await root.service.delete(record.id, client: root.fixture.client) }
                }
                try await root.runJobs()
            }
            for _ in 0..<20 { #expect(try await root.check(repair: true, isLive: true) == []) }
            try await working.value
        }
    }
}
