import GRDB
import Glibc
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
        }
        return (root, id)
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
