import Glibc
import HTTPTransport
import Logging
import NIOCore
import ObjectStorage
import RemoteS3
import S3Protocol
import Synchronization
import Testing

@testable import Mirror

let photos = try! BucketName("photos")

func key(_ text: String) -> ObjectKey { try! ObjectKey(text) }

let quiet: Logger = {
    var log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    log.logLevel = .critical
    return log
}()

/// The time by the system's clock, which sequences are made of.
let now: @Sendable () -> Timestamp = {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
}

/// A directory of its own for one test, removed at the end.
final class TestRoot: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/larder-mirror-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    }

    private init(copying other: String) {
        path = other + ".copy"
        system("cp -a '\(other)' '\(path)'")
    }

    deinit { system("rm -rf '\(path)'") }

    /// What a crash at this moment would leave.
    func crashed() -> TestRoot { TestRoot(copying: path) }

    func ledger() -> ChangeLedger {
        ChangeLedger(path: path + "/.larder/mirror.sqlite", mirrors: { $0 == photos }, log: quiet, clock: now)
    }

    /// A store that tells the ledger; makes no checkpoint by itself.
    func open(_ ledger: ChangeLedger?) async throws -> FileStore {
        var configuration = FileStoreConfiguration(root: path, checkpointInterval: .seconds(3_600))
        configuration.feed = ledger
        let store = try await FileStore.open(configuration, log: quiet, clock: now)
        if (try? store.bucket(photos)) == nil {
            _ = try await store.createBucket(photos, owner: "me", settings: BucketSettings())
        }
        return store
    }
}

extension FileStore {
    @discardableResult
    func put(
        _ name: String,
        _ text: String,
        _ attributes: ObjectAttributes = ObjectAttributes()
    ) async throws
        -> ObjectRecord
    {
        let upload = try await beginUpload(of: key(name), to: photos, digests: ContentDigests())
        try await upload.write(ByteBuffer(string: text))
        return try await upload.commit(attributes, demand: ContentDigestDemand(), precondition: .none)
    }

    func delete(_ name: String) async throws {
        _ = try await delete(key(name), in: photos, DeletionRequest())
    }
}

/// Waits until something holds, ten minutes at most: all tests at once share two threads.
func eventually(_ what: String, _ body: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(600)
    while try await !body() {
        guard ContinuousClock.now < deadline else {
            Issue.record("it never came about: \(what)")
            return
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}
