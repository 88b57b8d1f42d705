import Attachments
import FoundationEssentials
import Imaging
import Logging
import S3Protocol

let uploads = try! BucketName("uploads")

/// A folder that goes with its last user.
final class TemporaryFolder: Sendable {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.path + "/larder-attachments-\(UUID().uuidString)"
        try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// Everything about attachments, on a store in memory and records in a folder of its own.
struct Fixture {
    var configuration = AttachmentsConfiguration(buckets: [uploads])
    let folder = TemporaryFolder()
    let clock = FakeClock()
    let store: SQLiteRecordStore
    let objects: MemoryObjectStore
    let renderer = FakeRenderer()
    let signals = AttachmentSignals()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let client = APIClient(tokenID: 1, name: "one")
    let stranger = APIClient(tokenID: 2, name: "two")

    init(outbox: WebhookOutbox = .none) throws {
        let clock = clock
        store = try SQLiteRecordStore(path: folder.path + "/records.sqlite", outbox: outbox)
        objects = MemoryObjectStore(buckets: [uploads], clock: { clock.now })
    }

    var now: @Sendable () -> Timestamp {
        { [clock] in clock.now }
    }

    var authorizer: UploadAuthorizer {
        UploadAuthorizer(
            configuration: configuration,
            credentials: .init(accessKeyID: "AKID", secret: SigningSecret("secret"), region: "eu-central-1"),
            store: store,
            clock: now
        )
    }

    var service: AttachmentService { service(sleep: sleepForEver) }

    func service(sleep: @escaping @Sendable (Duration) async throws -> Void) -> AttachmentService {
        AttachmentService(
            configuration: configuration,
            store: store,
            objects: objects,
            signals: signals,
            logger: logger,
            clock: now,
            sleep: sleep
        )
    }

    var queue: JobQueue { queue(on: store) }

    func queue(on store: any RecordStore, workers: Int = 2) -> JobQueue {
        JobQueue(
            configuration: configuration,
            store: store,
            objects: objects,
            renderer: renderer,
            signals: signals,
            workers: workers,
            logger: logger,
            clock: now,
            sleep: sleepForEver,
            jitter: { 0.5 }
        )
    }

    var janitor: UploadJanitor {
        UploadJanitor(
            configuration: configuration,
            store: store,
            objects: objects,
            logger: logger,
            clock: now,
            sleep: sleepForEver
        )
    }

    var presenter: AttachmentPresenter {
        AttachmentPresenter(
            configuration: configuration,
            signer: StableURLSigner(
                accessKeyID: "LINKS",
                secret: SigningSecret("links"),
                region: "us-east-1",
                lifetime: configuration.linkLifetime
            ),
            clock: now
        )
    }

    let addresses = PublicAddresses(server: "http://127.0.0.1:9000")

    /// Authorizes and uploads; gives the key.
    func upload(
        _ name: String? = "picture.jpg",
        type: String = "image/jpeg",
        _ text: String = "pixels",
        client: APIClient? = nil
    ) async throws -> String {
        let document = try await authorizer.authorize(
            UploadRequest(contentType: type),
            client: client ?? self.client,
            url: addresses.url(of:)
        )
        let key = name.map { document.keyPrefix + $0 } ?? document.key
        try await objects.put(key, in: uploads, text, type: type)
        return key
    }

    /// Authorizes, uploads and claims.
    func attach(_ name: String? = "picture.jpg", type: String = "image/jpeg") async throws -> AttachmentRecord {
        try await service.create(key: upload(name, type: type), client: client)
    }
}

extension JSONDocument {
    var text: String { String(decoding: bytes, as: UTF8.self) }
}
