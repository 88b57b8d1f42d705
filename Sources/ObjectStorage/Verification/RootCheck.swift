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
            + ofNoBucket(".larder/escaped", .escapedOfNoBucket, ids)
            + ofNoBucket(".larder/versions", .versionsOfNoBucket, ids)
            + uploads(buckets: buckets, RecordFiles(root: root))
    }

    private func ofNoBucket(_ path: String, _ code: Finding.Code, _ ids: Set<String>) throws -> [Finding] {
        try names(in: path).filter { !ids.contains($0) }.map {
            Finding(code, "\(path)/\($0)", "no bucket has this id", isRepairable: try isEmpty("\(path)/\($0)"))
        }
    }

    /// Uploads in parts that are none, or hold what is no part.
    private func uploads(buckets: [Bucket], _ records: RecordFiles) throws -> [Finding] {
        let (ids, files) = (Set(buckets.map(\.id)), UploadFiles(root: root, records: records))
        return try files.ids().flatMap { id -> [Finding] in
            let path = "\(UploadFiles.path)/\(id)"
            let found: MultipartUpload?
            do {
                found = try files.upload(id)
            } catch let error as StorageError {
                return [Finding(.uploadUnreadable, path, error.message, isRepairable: false)]
            }
            guard let upload = found else {
                return [
                    Finding(.uploadUnfinished, path, "it has no \(UploadFiles.document), so it is no upload any more")
                ]
            }
            guard ids.contains(upload.bucketID) else {
                return [Finding(.uploadOfNoBucket, path, "no bucket has its id \(upload.bucketID)")]
            }
            return try files.numbers(of: upload).filter { try files.part($0, of: upload) == nil }.map { number in
                Finding(
                    .partUnreadable,
                    "\(path)/\(number)",
                    "it has no record, or was changed by hand; upload it again",
                    isRepairable: false
                )
            }
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
