@testable import DriveImport
import Logging
import NIOCore
import ObjectStorage
import S3Protocol

/// A store, and imports into it.
struct ImportBench {
    let store: FileStore

    /// Runs `body` with a new store and closes that.
    static func run(_ body: (ImportBench) async throws -> Void) async throws {
        let folder = ScratchFolder()
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let store = try await FileStore.open(
            FileStoreConfiguration(root: folder.path, checkpointInterval: .seconds(3_600)),
            log: log,
            clock: { Timestamp(seconds: 1_800_000_000) }
        )
        do {
            try await body(ImportBench(store: store))
        } catch {
            await store.close()
            throw error
        }
        await store.close()
        withExtendedLifetime(folder) {}
    }

    @discardableResult
    func take(_ request: DriveImport.Request) async throws -> CheckReport.State {
        let report = CheckReport()
        try await DriveImport(into: store, owner: "root", request).run(report)
        return report.state
    }

    func bucket(_ name: String) throws -> Bucket { try store.bucket(BucketName(name)) }

    func record(_ key: String, _ version: String? = nil, in bucket: String = "bucket") async throws -> ObjectRecord {
        try await store.head(ObjectKey(key), version: version.map { try VersionID($0) }, in: BucketName(bucket))
    }

    func content(_ key: String, _ version: String? = nil, in bucket: String = "bucket") async throws -> [UInt8] {
        let object = try await store.open(
            ObjectKey(key),
            version: version.map { try VersionID($0) },
            in: BucketName(bucket)
        )
        switch object.content {
        case .bytes(let buffer): return Array(buffer.readableBytesView)
        case .file(let file): return Array(try file.read(offset: 0, length: Int(file.size)).readableBytesView)
        }
    }

    /// Keys and versions as `key id`, with `!` for a delete marker; of one key the newest first.
    func versions(in bucket: String = "bucket") async throws -> [String] {
        let page = try await store.listVersions(VersionListQuery(), in: BucketName(bucket))
        return page.entries.compactMap { entry in
            guard case .version(let summary) = entry else { return nil }
            return "\(summary.object.key) \(summary.version.text)\(summary.isDeleteMarker ? "!" : "")"
        }
    }
}

extension CheckReport.State {
    /// The findings as `code subject`, in order.
    var codes: [String] { findings.map { "\($0.code.rawValue) \($0.subject)" }.sorted() }

    /// What is told of one subject.
    func detail(_ subject: String) -> String? { findings.first { $0.subject == subject }?.detail }
}
