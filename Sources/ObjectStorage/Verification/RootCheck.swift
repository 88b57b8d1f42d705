import Glibc
import S3Protocol

/// Looks at what belongs to no single key: buckets' settings and directories, leftovers, sidecars.
///
/// All of it blocks and changes nothing.
struct RootCheck: Sendable {
    let root: StorageRoot

    /// All buckets whose settings can be read, and what is wrong with the others and with their directories.
    func buckets() throws -> (buckets: [Bucket], findings: [Finding]) {
        let (found, unreadable) = try BucketFiles(root: root).survey()
        let directories = try names(in: "buckets")
        let known = Set(found.map(\.name.string)).union(unreadable.map(\.name.string))
        let missing = found.filter { !directories.contains($0.name.string) }
        let unknown = directories.filter { !known.contains($0) }
        return (
            found,
            unreadable.map {
                Finding(.bucketSettingsUnreadable, ".larder/buckets/\($0.name).json", $0.reason, isRepairable: false)
            }
                + missing.map {
                    Finding(.bucketDirectoryMissing, "buckets/\($0.name)", "the bucket has no directory")
                }
                + unknown.map {
                    Finding(
                        .bucketDirectoryUnknown,
                        "buckets/\($0)",
                        "no bucket has this name; CreateBucket takes it over with what is in it",
                        isRepairable: false
                    )
                }
        )
    }

    /// What uploads, power cuts and buckets that are gone have left.
    func leftovers(buckets: [Bucket]) throws -> [Finding] {
        let ids = Set(buckets.map(\.id))
        return try names(in: ".larder/incoming").map {
            Finding(.debris, ".larder/incoming/\($0)", "left by an upload that was never acknowledged")
        }
            + names(in: ".larder/lost").map {
                Finding(
                    .lostFile,
                    ".larder/lost/\($0)",
                    "what a power cut left of a write; delete it when it is not needed",
                    isRepairable: false
                )
            }
            + names(in: ".larder/escaped").filter { !ids.contains($0) }.map {
                Finding(
                    .escapedOfNoBucket,
                    ".larder/escaped/\($0)",
                    "no bucket has this id",
                    isRepairable: try isEmpty(".larder/escaped/\($0)")
                )
            }
    }

    /// Sidecars that no file names.
    func orphans(named: Set<SidecarName>) throws -> [(SidecarName, Finding)] {
        try names(in: SidecarName.root).flatMap { directory in
            try names(in: "\(SidecarName.root)/\(directory)").compactMap { text in
                guard let name = SidecarName(text), !named.contains(name) else { return nil }
                return (name, Finding(.sidecarOrphaned, name.path, "no object's record stands in it"))
            }
        }
    }

    private func names(in path: String) throws -> [String] {
        try root.directory.openDirectory(path)?.entries().map { String(decoding: $0.bytes, as: UTF8.self) }.sorted()
            ?? []
    }

    private func isEmpty(_ path: String) throws -> Bool {
        try names(in: path).allSatisfy { try isEmpty("\(path)/\($0)") } && root.directory.openDirectory(path) != nil
    }
}
