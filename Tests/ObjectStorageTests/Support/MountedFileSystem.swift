import Glibc
import Testing

@testable import ObjectStorage

/// A small file system in a file, mounted for one test; nil, with a note, where that cannot be done.
final class MountedFileSystem {
    enum Kind {
        case ext4
        /// With inodes of 128 bytes, which keep times in whole seconds.
        case coarseExt4
        case ext4WithoutJournal
        case ramfs
    }

    let path: String
    /// Goes after what is mounted in it.
    private let root: TestRoot

    init?(_ root: TestRoot, kind: Kind) {
        self.root = root
        path = root.file("mnt")
        let image = root.file("image")
        mkdir(path, 0o755)
        let mount =
            switch kind {
            case .ext4: Self.mount(image, at: path)
            case .coarseExt4: Self.mount(image, at: path, "-I 128")
            case .ext4WithoutJournal: Self.mount(image, at: path, "-O ^has_journal")
            case .ramfs: "mount -t ramfs none '\(path)'"
            }
        guard geteuid() == 0, shell("(\(mount)) 2>/dev/null") == 0
        else {
            withKnownIssue("SKIPPED: needs root, and mkfs.ext4 with loop devices or ramfs") {
                Issue.record("nothing can be mounted here")
            }
            return nil
        }
    }

    private static func mount(_ image: String, at path: String, _ options: String = "") -> String {
        "truncate -s 24M '\(image)' && mkfs.ext4 -q -N 512 \(options) '\(image)' && mount -o loop '\(image)' '\(path)'"
    }

    deinit { shell("umount -l '\(path)'") }
}
