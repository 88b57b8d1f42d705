import CLinux

/// The type of a file system, as far as it matters for a storage root.
package struct FileSystemKind: Sendable {
    /// Its usual name, or its number in hexadecimal.
    package let name: String
    /// Whether the files lie on another machine.
    package let isRemote: Bool
    /// Whether the files are gone with the power.
    package let isVolatile: Bool
    /// Whether `syncfs` waits for all data and tells when some could not be written, as kernels from 5.8 do.
    ///
    /// What it does not tell before 5.17, that the file system itself has failed, the syncs after it tell. Not ZFS, where
    /// naming an unnamed file waits for the disk, and not F2FS, which may keep its failure to itself.
    let tellsOfSyncs: Bool
    /// Whether bytes that replace others of a file go where these were; Btrfs writes them elsewhere.
    let replacesInPlace: Bool
    /// Whether a sync of bytes that replace others is one that the disk's own cache is told of.
    ///
    /// Not on ext4 without a journal before Linux 6.5, where `fdatasync` returns early when only times have changed.
    let flushesReplaced: Bool
    /// Whether files keep times to the nanosecond, if one does.
    let mayKeepNanoseconds: Bool

    // linux/magic.h
    private static let known: [Int64: String] = [
        0xEF53: "ext4", 0x5846_5342: "xfs", 0x9123_683E: "btrfs", 0x2FC1_2FC1: "zfs", 0x0102_1994: "tmpfs",
        0x8584_58F6: "ramfs", 0x794C_7630: "overlay", 0x6969: "nfs", 0xFF53_4D42: "cifs", 0xFE53_4D42: "smb2",
        0x6573_5546: "fuse", 0x0102_1997: "9p", 0x00C3_6400: "ceph", 0xF2F5_2010: "f2fs", 0xCA45_1A4E: "bcachefs",
        0xF15F: "ecryptfs", 0x4D44: "vfat", 0x2011_BAB0: "exfat",
    ]

    init(of directory: FileDescriptor) {
        let number = clinux_file_system_type(directory.number)
        name = Self.known[number] ?? "0x" + String(number, radix: 16)
        isRemote = ["nfs", "cifs", "smb2", "9p", "ceph"].contains(name)
        isVolatile = ["tmpfs", "ramfs"].contains(name)
        tellsOfSyncs = ["ext4", "xfs", "btrfs"].contains(name) && clinux_kernel_is_at_least(5, 8)
        replacesInPlace = ["ext4", "xfs"].contains(name)
        flushesReplaced = name != "ext4" || clinux_kernel_is_at_least(6, 5) || clinux_has_journal(directory.number)
        mayKeepNanoseconds = ["ext4", "xfs", "btrfs"].contains(name)
    }
}
