import GRDB
import Glibc
import NIOCore
import S3Protocol
import Testing

@testable import ObjectStorage

/// What `larder fsck` finds: each damage is made in a healthy root, found, repaired, and then gone.
@Suite struct StoreCheckTests {
    private static let long = ObjectAttributes(metadata: ["m": String(repeating: "x", count: 5_000)])

    /// A root with an object of each kind, cleanly closed.
    private func healthyRoot() async throws -> (root: TestRoot, bucketID: String) {
        let root = TestRoot()
        var id = ""
        try await withStore(root) { (store, _) async throws in
            id = try store.bucket(photos).id
            try await store.put("plain", "some bytes")
            try await store.put("other", "more bytes")
            try await store.put("deep/er/one", "x")
            try await store.put("es//caped", "y")
            try await store.put("long", "z", Self.long)
            try await fillArchive(store)
            let upload = try await store.createMultipartUpload(
                MultipartUploadRequest(key: key("later"), attributes: ObjectAttributes()),
                in: photos
            )
            let part = try await store.beginPart(1, of: upload, digests: ContentDigests())
            try await part.write(ByteBuffer(string: "one part"))
            _ = try await part.commit(demand: ContentDigestDemand())
        }
        return (root, id)
    }

    /// A bucket that keeps versions: of a key with a current one, of one that is hidden, and of an escaped one.
    private func fillArchive(_ store: FileStore) async throws {
        let archive = try BucketName("archive")
        _ = try await store.createBucket(archive, owner: "root", settings: BucketSettings())
        _ = try await store.updateBucket(archive) { $0.versioning = .enabled }
        for name in ["kept", "marked", "es//kept"] {
            for round in 0..<3 { try await store.put(name, "version \(round)", in: archive) }
        }
        try await store.delete(key("marked"), in: archive, DeletionRequest())
    }

    private func inspect(_ root: TestRoot) async throws -> [Finding] {
        let inspection = try RootInspection(root: root.path, log: quiet)
        let report = CheckReport()
        do {
            try await inspection.check(report)
        } catch {
            await inspection.close()
            throw error
        }
        await inspection.close()
        return report.state.findings
    }

    private func repair(_ root: TestRoot) async throws -> [Finding] {
        let report = CheckReport()
        try await withStore(root) { (store, _) async throws in
            try await rebuilt(store)
            try await store.check(repair: true, isAlone: true, report)
        }
        return report.state.findings
    }

    @Test func `a healthy root has no findings`() async throws {
        let (root, _) = try await healthyRoot()
        #expect(try await inspect(root) == [])
        #expect(try await repair(root) == [])
    }

    @Test(arguments: Damage.all)
    func `each damage is found, and gone after a repair`(_ damage: Damage) async throws {
        let (root, id) = try await healthyRoot()
        try await damage.make(root, id)
        let found = try await inspect(root)
        #expect(found.map(\.code.rawValue).contains(damage.code), "\(found)")
        #expect(Set(found.map { "\($0.code.rawValue) \($0.subject)" }).count == found.count, "\(found)")
        #expect(found.filter { $0.code.rawValue == damage.code }.allSatisfy { $0.isRepairable == damage.isRepairable })
        guard damage.allowsStart else { return }
        _ = try await repair(root)
        let left = try await inspect(root)
        #expect(left.filter(\.isRepairable) == [])
        #expect(Set(left.map(\.code.rawValue)) == Set([damage.leaves].compactMap(\.self)))
        _ = try await repair(root)
        #expect(try await inspect(root) == left)
    }

    @Test func `a check beside writers reports nothing that is only being written`() async throws {
        try await withStore { (store, _) async throws in
            let writing = Task {
                for number in 0..<300 {
                    try await store.put("k\(number % 40)", "v\(number)", number % 3 == 0 ? Self.long : .init())
                    if number % 7 == 0 {
                        try await store.delete(key("k\(number % 40)"), in: photos, precondition: .none)
                    }
                }
            }
            for _ in 0..<20 {
                let report = CheckReport()
                try await store.check(repair: false, report)
                #expect(report.state.findings == [])
            }
            try await writing.value
        }
    }
}
