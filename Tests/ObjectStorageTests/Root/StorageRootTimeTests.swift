import S3Protocol
import Synchronization
import Testing

@testable import ObjectStorage

@Suite struct StorageRootTimeTests {
    /// In January 2027, to the nanosecond.
    private let fine: Int64 = 1_800_000_000_123_456_789

    private func file(_ store: FileStore) throws -> FileDescriptor { try IncomingFile(in: store.root).descriptor }

    private func isKnownAsFine(_ root: StorageRoot) -> Bool { root.keepsNanoseconds.load(ordering: .relaxed) }

    @Test func `a time that is kept to the nanosecond is returned, and shows that all are`() async throws {
        try await withStore { (store, _) async throws in
            let (root, file) = (store.root, try file(store))
            #expect(try root.keptTime(fine / 1_000 * 1_000, setOn: file) == fine / 1_000 * 1_000)
            #expect(!isKnownAsFine(root))
            for time in [fine, fine + 1, 0, 1] {
                #expect(try root.keptTime(time, setOn: file) == time)
                #expect(try file.facts().modified == time)
                #expect(isKnownAsFine(root))
            }
        }
    }

    @Test func `a time that the file system ends before is what it has kept`() async throws {
        try await withStore { (store, _) async throws in
            let (root, file) = (store.root, try file(store))
            #expect(try root.keptTime(fine, setOn: file) == fine)
            // 1900, 2200 and the last that there is, which ext4 does not keep.
            for time in [-2_208_988_800_000_000_000, 7_258_118_400_000_000_000, Int64.max] {
                let kept = try root.keptTime(time, setOn: file)
                #expect(try file.facts().modified == kept)
            }
        }
    }

    @Test func `a file system that keeps seconds is looked at each time`() async throws {
        guard let mounted = MountedFileSystem(TestRoot(), kind: .coarseExt4) else { return }
        try await withStore(TestRoot(in: mounted.path)) { (store, _) async throws in
            let (root, file) = (store.root, try file(store))
            for time in [fine, fine / 1_000_000_000 * 1_000_000_000, fine + 1] {
                #expect(try root.keptTime(time, setOn: file) == fine / 1_000_000_000 * 1_000_000_000)
            }
            #expect(!isKnownAsFine(root))
            let record = try await store.put("a", "content")
            #expect(record.modified.nanoseconds % 1_000_000_000 == 0)
        }
    }
}
