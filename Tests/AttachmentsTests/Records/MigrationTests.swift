import Attachments
import FoundationEssentials
import GRDB
import Glibc
import S3Protocol
import Testing

/// Files of each older version, made as that version made them, opened by this one.
@Suite struct MigrationTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.path + "/records.sqlite" }
    private let now = Timestamp(seconds: 1_000)

    /// A file as version `version` left it, with rows in all of its tables.
    private func make(_ version: Int) throws {
        let database = try DatabaseQueue(path: path)
        try database.write { db in
            for step in OldRecords.steps.prefix(min(version, 3)) { try db.execute(sql: step) }
            try db.execute(sql: OldRecords.rows)
            if version >= 2 { try db.execute(sql: OldRecords.key) }
            for step in OldRecords.steps.prefix(version).dropFirst(3) { try db.execute(sql: step) }
            try db.execute(sql: "PRAGMA user_version = \(version)")
        }
        try database.close()
    }

    private func integer(_ sql: String, in file: String) throws -> Int? {
        let database = try DatabaseQueue(path: file)
        defer { try? database.close() }
        return try database.read { try Int.fetchOne($0, sql: sql) }
    }

    @Test(arguments: 1...4)
    func `what an older version kept is there, and a copy of its file`(version: Int) async throws {
        try make(version)
        let store = try SQLiteRecordStore(path: path)
        #expect(try await store.tokens().map(\.name) == ["phone"])
        #expect(try await store.authorization(prefix: "async_uploads/1")?.context.teamID == "7")
        #expect(try await store.keys().map(\.accessKey) == (version >= 2 ? ["ALICE"] : []))
        let done = try #require(try await store.attachment(1))
        #expect(done.state == .done && done.size?.width == 8 && done.picture == nil)
        #expect(done.styles.map(\.key.string) == ["styles/1/thumb-00.png"])
        #expect(try await store.attachment(2)?.reason == FailureReason("storage", "Full."))
        #expect(try await store.attachment(4)?.reason == FailureReason("damaged", "It is torn."))
        try store.close()
        #expect(try integer("PRAGMA user_version", in: path) == RecordsSchema.current.version)
        let copy = path + ".version-\(version)"
        #expect(try integer("PRAGMA user_version", in: copy) == version)
        #expect(try integer("SELECT count(*) FROM attachments", in: copy) == 4)
        var facts = stat()
        #expect(stat(copy, &facts) == 0 && facts.st_mode & 0o777 == 0o600)
    }

    @Test(arguments: 1...4)
    func `its jobs go on, each for its own token`(version: Int) async throws {
        try make(version)
        let store = try SQLiteRecordStore(path: path)
        #expect(try await store.jobBacklog().counts == [.queued: 1, .running: 1, .dead: 1])
        #expect(try await store.requeueRunningJobs() == 1)
        let first = try #require(try await store.claimJob(at: now))
        let second = try #require(try await store.claimJob(at: now))
        #expect([first.id, second.id] == [12, 13] && [first.tokenID, second.tokenID] == [4, 5])
        #expect(first.attempts == 3 && second.attempts == 2)
        let dead = try #require(try await store.jobs(.dead, limit: 10).first)
        #expect(dead.tokenID == 4 && dead.ended == Timestamp(nanoseconds: 1_003))
        #expect(try await store.deliveries(DeliveryFilter(), after: 0, limit: 10).isEmpty)
        #expect(try await store.completeJob(first, JobOutcome(picture: nil, styles: [], failure: nil), at: now))
        #expect(try await store.jobBacklog().counts == [.running: 1, .dead: 1])
    }

    @Test func `an older file has the same tables and indexes afterwards as a new one`() throws {
        func schema(_ file: String) throws -> [String] {
            let database = try DatabaseQueue(path: file)
            defer { try? database.close() }
            return try database.read {
                try String.fetchAll($0, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
            }
        }
        let new = folder.path + "/new.sqlite"
        try SQLiteRecordStore(path: new).close()
        for version in 1...4 {
            try make(version)
            try SQLiteRecordStore(path: path).close()
            #expect(try schema(path) == schema(new))
            for file in try FileManager.default.contentsOfDirectory(atPath: folder.path)
            where file.hasPrefix("records.sqlite") {
                try FileManager.default.removeItem(atPath: "\(folder.path)/\(file)")
            }
        }
    }
}
