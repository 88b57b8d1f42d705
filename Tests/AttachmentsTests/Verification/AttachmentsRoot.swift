import Attachments
import FoundationEssentials
import GRDB
import NIOCore
import ObjectStorage
import S3Protocol

/// Attachments on a storage root of real files, in which things can be damaged.
struct AttachmentsRoot {
    let fixture: Fixture
    let path: String
    let store: FileStore
    let records: SQLiteRecordStore
    /// When objects are written.
    static let written = Timestamp(seconds: 1_700_000_000)
    // Far ahead: what is written now is old enough for every finding.
    let clock = FakeClock("2099-01-01T00:00:00Z")

    /// A root with everything that `body` needs, closed behind it.
    static func with(_ body: (AttachmentsRoot) async throws -> Void) async throws {
        let fixture = try Fixture()
        let path = fixture.folder.path + "/root"
        let store = try await FileStore.open(
            FileStoreConfiguration(root: path),
            log: fixture.logger,
            clock: { written }
        )
        _ = try await store.createBucket(uploads, owner: "root", settings: BucketSettings())
        let root = AttachmentsRoot(
            fixture: fixture,
            path: path,
            store: store,
            records: try SQLiteRecordStore(path: path + "/.larder/records.sqlite")
        )
        do {
            try await body(root)
        } catch {
            await root.close()
            throw error
        }
        await root.close()
    }

    private func close() async {
        try? records.close()
        await store.close()
    }

    private var now: @Sendable () -> Timestamp {
        { [clock] in clock.now }
    }

    var service: AttachmentService {
        AttachmentService(
            configuration: fixture.configuration,
            store: records,
            objects: store,
            signals: fixture.signals,
            logger: fixture.logger,
            clock: now,
            sleep: sleepForEver
        )
    }

    var queue: JobQueue {
        JobQueue(
            configuration: fixture.configuration,
            store: records,
            objects: store,
            renderer: fixture.renderer,
            signals: fixture.signals,
            workers: 1,
            logger: fixture.logger,
            clock: now,
            sleep: sleepForEver,
            jitter: { 0.5 }
        )
    }

    var janitor: UploadJanitor {
        UploadJanitor(
            configuration: fixture.configuration,
            store: records,
            objects: store,
            logger: fixture.logger,
            clock: now,
            sleep: sleepForEver
        )
    }

    func put(_ key: String, _ text: String, type: String = "image/jpeg") async throws {
        let upload = try await store.beginUpload(of: ObjectKey(key), to: uploads, digests: ContentDigests())
        try await upload.write(ByteBuffer(string: text))
        _ = try await upload.commit(
            ObjectAttributes(headers: ["content-type": type]),
            demand: ContentDigestDemand(),
            precondition: .none
        )
    }

    /// Authorizes, uploads and claims; its styles are pending.
    func claim(_ name: String = "picture.jpg") async throws -> AttachmentRecord {
        let authorizer = UploadAuthorizer(
            configuration: fixture.configuration,
            credentials: .init(accessKeyID: "AKID", secret: SigningSecret("secret"), region: "eu-central-1"),
            store: records,
            clock: now
        )
        let document = try await authorizer.authorize(
            UploadRequest(contentType: "image/jpeg"),
            client: fixture.client,
            url: fixture.addresses.url(of:)
        )
        try await put(document.keyPrefix + name, "pixels")
        return try await service.create(key: document.keyPrefix + name, client: fixture.client)
    }

    /// An attachment whose styles are made.
    func attach() async throws -> AttachmentRecord {
        let id = try await claim().id
        try await runJobs()
        return try await records.attachment(id)!
    }

    func runJobs() async throws {
        while try await queue.runNext() {}
    }

    /// What a check finds: the server's own, or that of a command which holds the root.
    func check(repair: Bool = false, isLive: Bool = false) async throws -> [Finding] {
        let report = CheckReport()
        try await RecordsCheck(
            configuration: fixture.configuration,
            records: records,
            objects: store.storedFiles,
            isLive: isLive,
            repair: RecordsRepair(
                configuration: fixture.configuration,
                records: records,
                objects: store,
                signals: fixture.signals,
                clock: now
            ),
            clock: now
        ).run(repair: repair, report)
        return report.state.findings
    }

    /// What an inspection finds that neither makes nor changes anything.
    func inspect(_ other: String? = nil) async throws -> [Finding] {
        let report = CheckReport()
        let inspection = RecordsInspection(root: other ?? path, configuration: fixture.configuration, clock: now)
        try await inspection.check(against: store.storedFiles, report)
        return report.state.findings
    }

    /// Changes the records as no Larder does.
    func sql(_ statement: String, in other: String? = nil) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let file = (other ?? path) + "/.larder/records.sqlite"
        let database = try DatabaseQueue(path: file, configuration: configuration)
        try database.writeWithoutTransaction { try $0.execute(sql: statement) }
        try database.close()
    }

    /// Everything that the records hold, as text.
    func dump() throws -> [String] {
        let database = try DatabaseQueue(path: path + "/.larder/records.sqlite")
        return try database.read { db in
            try ["attachments", "styles", "jobs", "authorizations"].flatMap { table in
                try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { "\(table) \($0)" }
            }
        }
    }

    func remove(_ key: ObjectKey) async throws {
        try await store.delete(key, in: uploads, precondition: .none)
    }

    func file(_ key: ObjectKey) -> String { "\(path)/buckets/uploads/\(key)" }
}
