import Attachments
import FoundationEssentials
import GRDB
import S3Protocol
import Testing

@Suite struct SQLiteRecordStoreTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.path + "/records.sqlite" }
    private let now = Timestamp(seconds: 1_000)

    private func reopened(_ schema: RecordsSchema = .current) throws -> SQLiteRecordStore {
        try SQLiteRecordStore(path: path, schema: schema)
    }

    private func integer(_ sql: String) throws -> Int? {
        try DatabaseQueue(path: path).read { try Int.fetchOne($0, sql: sql) }
    }

    @Test func `what was kept is there after the file was opened again`() async throws {
        var store = try reopened()
        let token = try await store.insertToken(name: "one", digest: [1, 2], created: now)
        try store.close()
        store = try reopened()
        #expect(try await store.tokens() == [token])
        #expect(try await store.token(digest: [1, 2]) == token)
        #expect(try await store.token(digest: [1, 3]) == nil)
    }

    @Test func `a file of a newer version is refused with a way out`() throws {
        try reopened().close()
        try DatabaseQueue(path: path).write { try $0.execute(sql: "PRAGMA user_version = 99") }
        do {
            _ = try reopened()
            Issue.record("opened")
        } catch let error as AttachmentsError {
            #expect(error.code == .newerRecords)
            #expect(error.message.contains("version 99") && error.message.contains("newer Larder"))
        }
    }

    @Test func `a file of an older version is copied, then brought up to date`() async throws {
        let first = try reopened()
        _ = try await first.insertToken(name: "one", digest: [1], created: now)
        try first.close()
        var schema = RecordsSchema.current
        schema.steps.append("CREATE TABLE webhooks (id INTEGER PRIMARY KEY) STRICT")
        let second = try reopened(schema)
        #expect(try await second.tokens().count == 1)
        try second.close()
        let version = RecordsSchema.current.version
        #expect(try integer("PRAGMA user_version") == version + 1)
        #expect(try integer("SELECT count(*) FROM webhooks") == 0)
        let copy = try SQLiteRecordStore(path: path + ".version-\(version)")
        #expect(try await copy.tokens().count == 1)
        #expect(throws: AttachmentsError.self) { try reopened() }
    }

    @Test func `a step that fails changes nothing`() async throws {
        try reopened().close()
        var schema = RecordsSchema.current
        schema.steps.append("CREATE TABLE webhooks (id INTEGER) STRICT; SELECT nonsense")
        #expect(throws: (any Error).self) { try reopened(schema) }
        #expect(try integer("PRAGMA user_version") == RecordsSchema.current.version)
        #expect(try integer("SELECT count(*) FROM sqlite_schema WHERE name = 'webhooks'") == 0)
    }

    @Test func `the log is written ahead`() throws {
        let store = try reopened()
        #expect(FileManager.default.fileExists(atPath: path + "-wal"))
        #expect(try store.synchronousMode() == 2)
    }

    @Test func `ids are never used again`() async throws {
        let store = try reopened()
        let first = try await store.insertToken(name: "one", digest: [1], created: now)
        #expect(try await store.deleteToken(first.id))
        #expect(try await !store.deleteToken(first.id))
        let second = try await store.insertToken(name: "two", digest: [2], created: now)
        #expect(second.id != first.id)
    }
}

/// Ids stay unique when records of an earlier time are put back.
@Suite struct IssuedIDsTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.path + "/records.sqlite" }

    private func token(_ store: SQLiteRecordStore) async throws -> Int64 {
        let digest = (0..<8).map { _ in UInt8.random(in: 0...255) }
        return try await store.insertToken(name: "one", digest: digest, created: Timestamp(seconds: 1)).id
    }

    /// Gives ids out, and closes the records, as a stop does.
    private func issue(_ count: Int) async throws -> [Int64] {
        let store = try SQLiteRecordStore(path: path)
        var ids: [Int64] = []
        for _ in 0..<count { ids.append(try await token(store)) }
        try store.close()
        return ids
    }

    private func copy(_ from: String, _ to: String) throws {
        try? FileManager.default.removeItem(atPath: to)
        try FileManager.default.copyItem(atPath: from, toPath: to)
    }

    @Test func `older records that are put back give no id out again`() async throws {
        let first = try await issue(3)
        try copy(path, path + ".backup")
        let later = try await issue(150)
        try copy(path + ".backup", path)
        let again = try await issue(3)
        #expect(first + later + again == Array(1...156))
    }

    @Test func `records that were removed give no id out again`() async throws {
        _ = try await issue(5)
        try FileManager.default.removeItem(atPath: path)
        #expect(try await issue(1) == [6])
    }

    @Test func `every id is kept before it is given out, also when the process is killed`() async throws {
        let store = try SQLiteRecordStore(path: path)
        var last: Int64 = 0
        for _ in 0..<120 {
            last = try await token(store)
            let kept = try JSONDecoder().decode(
                [String: Int64].self,
                from: Data(contentsOf: URL(filePath: path + ".issued"))
            )
            #expect(kept["tokens"]! >= last && kept["tokens"]! < last + 200)
        }
        // What a kill leaves, and the records of nothing beside it.
        try copy(path + ".issued", folder.path + "/other.sqlite.issued")
        let other = try SQLiteRecordStore(path: folder.path + "/other.sqlite")
        #expect(try await token(other) > last)
    }

    @Test func `an id that cannot be kept is not given out`() async throws {
        let store = try SQLiteRecordStore(path: path)
        try FileManager.default.createDirectory(atPath: path + ".issued", withIntermediateDirectories: false)
        await #expect(throws: (any Error).self) { try await token(store) }
        #expect(try await store.tokens().isEmpty)
        try FileManager.default.removeItem(atPath: path + ".issued")
        #expect(try await token(store) == 1)
    }

    @Test func `a root that knows its own ids leaves out those of another's records, too`() async throws {
        _ = try await issue(2)
        try copy(path, path + ".backup")
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.removeItem(atPath: path + ".issued")
        // A server that was started and stopped knows of no ids.
        _ = try await issue(0)
        try copy(path + ".backup", path)
        try IssuedIDs.leap(besideRecords: path)
        #expect(try await issue(1) == [1_000_003])
    }

    @Test func `opening writes nothing, so that a full disk does not keep a server from its start`() async throws {
        let store = try SQLiteRecordStore(path: path)
        _ = try await token(store)
        // What a kill leaves: ids that were reserved and not given out.
        let other = folder.path + "/other.sqlite"
        try copy(path + ".issued", other + ".issued")
        try SQLiteRecordStore(path: other).close()
        try copy(path + ".issued", other + ".issued")
        let again = try SQLiteRecordStore(path: other)
        let last = try await DatabaseQueue(path: other).read {
            try Int.fetchOne($0, sql: "SELECT max(seq) FROM sqlite_sequence")
        }
        #expect(last == nil)
        #expect(try await token(again) == 102)
    }

    @Test func `where nobody knows the ids a million are left out`() async throws {
        _ = try await issue(2)
        try IssuedIDs.leap(besideRecords: path)
        #expect(try await issue(1) == [1_000_003])
        try Data("garbage".utf8).write(to: URL(filePath: path + ".issued"))
        #expect(try await issue(1) == [2_000_004])
    }
}

@Suite struct APITokensTests {
    private func tokens(_ fixture: Fixture, environment: String? = "sandbox") -> APITokens {
        APITokens(store: fixture.store, environmentToken: environment, clock: fixture.now)
    }

    @Test func `a token that was made is recognised, and its text is kept nowhere`() async throws {
        let fixture = try Fixture()
        let made = try await tokens(fixture).create(name: "phone app")
        #expect(made.text.hasPrefix("smt_") && made.text.utf8.count == 68)
        let client = try await tokens(fixture).authenticate(made.text)
        #expect(client.tokenID == made.record.id && client.name == "phone app")
        let file = try Data(contentsOf: URL(filePath: fixture.folder.path + "/records.sqlite-wal"))
        // Latin 1, so that each byte is a character.
        let text = String(String.UnicodeScalarView(file.map { Unicode.Scalar($0) }))
        #expect(text.contains("phone app"))
        #expect(!text.contains(made.text.dropFirst(4)))
    }

    @Test func `the token of the environment is always there and cannot be deleted`() async throws {
        let fixture = try Fixture()
        let client = try await tokens(fixture).authenticate("sandbox")
        #expect(client.tokenID == APITokens.environmentID)
        #expect(try await tokens(fixture).list().map(\.name) == ["LARDER_API_TOKEN"])
        await #expect(throws: APIError.environmentToken()) { try await tokens(fixture).delete(0) }
        #expect(try await tokens(fixture, environment: "").list().isEmpty)
    }

    @Test func `a deleted token is not recognised any more`() async throws {
        let fixture = try Fixture()
        let made = try await tokens(fixture).create(name: "one")
        try await tokens(fixture).delete(made.record.id)
        await #expect(throws: APIError.badToken()) { try await tokens(fixture).authenticate(made.text) }
        await #expect(throws: APIError.tokenNotFound()) { try await tokens(fixture).delete(made.record.id) }
    }

    @Test func `use is noted once an hour`() async throws {
        let fixture = try Fixture()
        let made = try await tokens(fixture).create(name: "one")
        func use() async throws -> Timestamp? {
            _ = try await tokens(fixture).authenticate(made.text)
            return try await fixture.store.tokens()[0].lastUsed
        }
        let first = fixture.clock.now
        #expect(try await use() == first)
        fixture.clock.advance(bySeconds: 3_599)
        #expect(try await use() == first)
        fixture.clock.advance(bySeconds: 1)
        #expect(try await use() == fixture.clock.now)
    }

    @Test(
        arguments: [
            ("Token token=sandbox", "sandbox"), ("token token=sandbox", "sandbox"),
            (#"Token token="sandbox""#, "sandbox"),
            ("  Token   token=sandbox ", "sandbox"), ("Bearer sandbox", nil), ("Token sandbox", nil),
            ("Token token=", nil),
            ("Token token=a b", nil), ("Token token=a,b", nil), ("", nil), ("Tokentoken=sandbox", nil),
        ] as [(String, String?)]
    )
    func `the header is read strictly`(header: String, token: String?) async throws {
        #expect(APITokens.token(inHeader: header) == token)
        let fixture = try Fixture()
        do {
            let client = try await tokens(fixture).authenticate(
                authorization: header,
                context: ClientContext(teamID: "7")
            )
            #expect(token == "sandbox" && client.context.teamID == "7")
        } catch let error as APIError {
            #expect(token == nil && error == .badToken())
        }
    }

    @Test(arguments: ["", "a\nb", String(repeating: "x", count: 129)])
    func `a name has bounds`(name: String) async throws {
        let fixture = try Fixture()
        await #expect(throws: APIError.badTokenName()) { _ = try await tokens(fixture).create(name: name) }
    }
}
