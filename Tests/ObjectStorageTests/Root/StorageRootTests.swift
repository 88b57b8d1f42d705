import Glibc
import NIOCore
import S3Protocol
import Testing

@testable import ObjectStorage

@Suite struct StorageRootTests {
    private func failure(_ root: TestRoot) async -> StorageError? {
        do {
            try await root.open().close()
            return nil
        } catch {
            return error as? StorageError
        }
    }

    @Test func `a second store on the root is refused and told who has it`() async throws {
        try await withStore { (_, root) async throws in
            let error = await failure(root)
            #expect(error?.code == .inUse)
            #expect(error?.message.contains("process \(getpid());") == true)
        }
    }

    @Test func `a closed store frees the root`() async throws {
        let root = TestRoot()
        try await withStore(root) { (store, _) async throws in try await store.put("a", "x") }
        try await withStore(root) { (store, _) async throws in
            let content = try await store.get("a")
            #expect(content == "x")
        }
    }

    @Test func `a newer format is refused`() async throws {
        let root = TestRoot()
        try await root.open().close()
        root.write(".larder/format.json", #"{"format":2,"root":"x"}"#)
        #expect(await failure(root)?.code == .newerFormat)
        root.write(".larder/format.json", "junk")
        #expect(await failure(root)?.code == .unsuitableRoot)
    }

    @Test func `a file system without user attributes is refused with that reason`() async throws {
        let root = TestRoot()
        guard let mounted = MountedFileSystem(root, kind: .ramfs) else { return }
        let error = await failure(TestRoot(in: mounted.path))
        #expect(error?.code == .unsuitableRoot)
        #expect(error?.message.contains("extended attributes") == true)
    }

    @Test(.enabled(if: geteuid() == 0)) func `a read-only file system is refused with that reason`() async throws {
        let root = TestRoot()
        guard let image = MountedFileSystem(root, kind: .ext4) else { return }
        #expect(shell("mount -o remount,ro '\(image.path)'") == 0)
        do {
            let configuration = FileStoreConfiguration(root: image.path)
            _ = try await FileStore.open(configuration, log: quiet, clock: { Timestamp(seconds: 0) })
            Issue.record("opened")
        } catch let error as StorageError {
            #expect(error.code == .unsuitableRoot)
            #expect(error.message.contains("not writable"))
        }
    }

    @Test func `unfinished uploads are swept at start`() async throws {
        let root = TestRoot()
        try await root.open().close()
        root.write(".larder/incoming/left", "x")
        mkdir(root.file(".larder/incoming/parts"), 0o700)
        root.write(".larder/incoming/parts/1", "x")
        try await root.open().close()
        #expect(root.names(".larder/incoming") == [])
    }

    @Test func `a full disk gives 507 and leaves nothing`() async throws {
        let root = TestRoot()
        guard let image = MountedFileSystem(root, kind: .ext4) else { return }
        try await withStore(TestRoot(in: image.path)) { (store, small) async throws in
            try await store.put("kept", "x")
            let upload = try await store.beginUpload(of: key("big"), to: photos, digests: ContentDigests())
            let chunk = String(repeating: "x", count: 1 << 20)
            let full = await code { for _ in 0..<64 { try await upload.write(.init(string: chunk)) } }
            #expect(full == "InsufficientStorage")
            await upload.abort()
            #expect(small.names(".larder/incoming") == [])
            #expect(await code { _ = try await store.get("big") } == "NoSuchKey")
            #expect(try await store.names() == ["kept"])
            try await store.put("after", "y")
            #expect(try await store.get("after") == "y")
        }
    }

    @Test func `a root that turned read-only refuses writes and serves reads`() async throws {
        try await withStore { (store, _) async throws in
            try await store.put("a", "x")
            store.root.makeReadOnly(because: "cannot sync")
            #expect(await code { try await store.put("b", "y") } == "ServiceUnavailable")
            #expect(
                await code { try await store.delete(key("a"), in: photos, precondition: .none) } == "ServiceUnavailable"
            )
            #expect(try await store.get("a") == "x")
            #expect(try await store.names() == ["a"])
            #expect(try await store.statistics().isReadOnly)
        }
    }
}
