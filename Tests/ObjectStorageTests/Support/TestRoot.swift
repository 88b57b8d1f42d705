import Glibc
import Logging
import NIOCore
import S3Protocol
// For every file of these tests.
@_exported import StoreConformance
import Synchronization
import Testing

@testable import ObjectStorage

/// A directory of its own for one test, removed at the end.
final class TestRoot: Sendable {
    let path: String

    init(in parent: String = "/tmp") {
        var template = Array("\(parent)/larder-test-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    }

    private init(copying other: String) {
        path = other + ".copy"
        shell("cp -a '\(other)' '\(path)'")
    }

    deinit { shell("rm -rf '\(path)'") }

    /// What a crash at this moment would leave: a copy of everything as it is on disk now.
    func crashed() -> TestRoot { TestRoot(copying: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func exists(_ name: String) -> Bool { access(file(name), F_OK) == 0 }

    func names(_ directory: String) -> [String] {
        output("ls -A '\(file(directory))' 2>/dev/null").split(separator: "\n").map(String.init)
    }

    func write(_ name: String, _ text: String) {
        let stream = fopen(file(name), "w")!
        fputs(text, stream)
        fclose(stream)
    }

    func open(
        clock: TestClock = TestClock(),
        inlineLimit: Int = 64 * 1024,
        durability: Durability = .strict
    ) async throws -> FileStore {
        let configuration = FileStoreConfiguration(
            root: path,
            inlineLimit: inlineLimit,
            checkpointInterval: .seconds(3_600),
            durability: durability
        )
        return try await FileStore.open(configuration, log: quiet, clock: { clock.now })
    }
}

let quiet: Logger = {
    var log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    log.logLevel = .critical
    return log
}()

/// A clock that advances by a microsecond whenever it is read.
final class TestClock: Sendable {
    private let nanoseconds: Mutex<Int64>

    init(_ start: Int64 = 1_700_000_000_000_000_000) { nanoseconds = Mutex(start) }

    var now: Timestamp {
        nanoseconds.withLock { value in
            value += 1_000
            return Timestamp(nanoseconds: value)
        }
    }

    func set(_ value: Int64) { nanoseconds.withLock { $0 = value } }
}

@discardableResult
func shell(_ command: String) -> Int32 { system(command) }

func output(_ command: String) -> String {
    let stream = popen(command, "r")!
    defer { pclose(stream) }
    var bytes: [UInt8] = []
    var byte = fgetc(stream)
    while byte != EOF {
        bytes.append(UInt8(byte))
        byte = fgetc(stream)
    }
    return String(decoding: bytes, as: UTF8.self)
}

/// A store with one bucket, closed at the end.
func withStore(
    _ root: TestRoot = TestRoot(),
    clock: TestClock = TestClock(),
    inlineLimit: Int = 64 * 1024,
    _ body: (FileStore, TestRoot) async throws -> Void
) async throws {
    let store = try await root.open(clock: clock, inlineLimit: inlineLimit)
    do {
        if (try? store.bucket(photos)) == nil {
            _ = try await store.createBucket(photos, owner: "me", settings: BucketSettings())
        }
        try await body(store, root)
    } catch {
        await store.close()
        throw error
    }
    await store.close()
}

/// Returns when no bucket is being rebuilt any more.
func rebuilt(_ store: FileStore) async throws {
    while try await store.statistics().rebuildingBuckets > 0 { await Task.yield() }
}
