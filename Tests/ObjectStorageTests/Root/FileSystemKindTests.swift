import CLinux
import Testing

@testable import ObjectStorage

@Suite struct FileSystemKindTests {
    @Test(arguments: [(MountedFileSystem.Kind.ext4, true), (.ext4WithoutJournal, false)])
    func `an ext4 with a journal is told from one without`(_ kind: MountedFileSystem.Kind, _ hasJournal: Bool) throws {
        guard let mounted = MountedFileSystem(TestRoot(), kind: kind) else { return }
        let directory = try FileDescriptor(opening: mounted.path)
        #expect(clinux_has_journal(directory.number) == hasJournal)
        let facts = FileSystemKind(of: directory)
        #expect(facts.name == "ext4" && facts.replacesInPlace && facts.mayKeepNanoseconds)
        #expect(facts.flushesReplaced == (hasJournal || clinux_kernel_is_at_least(6, 5)))
    }

    @Test func `what has no journal of ext4 has none`() throws {
        #expect(!clinux_has_journal(try FileDescriptor(opening: "/proc").number))
        #expect(FileSystemKind(of: try FileDescriptor(opening: "/proc")).flushesReplaced)
    }
}
