import ForeignDrives
import ObjectStorage
import S3Protocol

/// The directory of versitygw's posix backend, with that of its older versions and that of its sidecar files.
final class VersitySource: ForeignSource, @unchecked Sendable {
    // Unchecked: nothing of it changes.
    /// How many files without attributes are looked at before the tree is held for one that has lost them.
    private static let probedFiles = 1_000

    private let root: SourceDirectory
    private let versions: SourceDirectory?
    private let attributes: VersityAttributes
    private let owner: String

    init(_ root: SourceDirectory, versions: SourceDirectory?, sidecar: SourceDirectory?, owner: String) {
        self.root = root
        self.versions = versions
        self.owner = owner
        attributes = VersityAttributes(sidecar: sidecar)
    }

    func listing() throws -> SourceListing {
        var listing = SourceListing()
        for entry in try root.entries(of: "").sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
            let name = String(decoding: entry.name, as: UTF8.self)
            guard entry.kind == .directory, (try? BucketName(name)) != nil else {
                listing.notes.append("\(name) is no bucket and is left behind")
                continue
            }
            if let bucket = try bucket(name) {
                listing.buckets.append(bucket)
            } else {
                listing.unreadable.append((name, "it lies on another file system; import from there"))
            }
        }
        try checkAttributes(listing.buckets)
        return listing
    }

    func keys(of bucket: SourceBucket) throws -> any SourceKeys {
        try VersityKeys(bucket.name, in: root, reader: reader(bucket.name))
    }

    private func reader(_ bucket: String) -> VersityKeyReader {
        VersityKeyReader(bucket: bucket, root: root, versions: versions, attributes: attributes)
    }

    private func bucket(_ name: String) throws -> SourceBucket? {
        guard let directory = try root.open(name), directory.isDirectory else { return nil }
        let found = VersityBucket(
            try attributes.attributes(of: directory, at: VersityLayout.sidecar(ofBucket: name))
        )
        var draft = BucketDraft(found, named: name, modified: directory.modified, owner: owner)
        if found.versioning != nil, versions == nil {
            draft.lose("versions", "older versions are not looked for; name their directory with --versions")
        }
        return SourceBucket(name: name, draft: draft)
    }

    /// Stops an import of files that have lost all that versitygw knew of them.
    private func checkAttributes(_ buckets: [SourceBucket]) throws {
        var looked = 0
        for bucket in buckets {
            let keys = try VersityKeys(bucket.name, in: root, reader: reader(bucket.name))
            while looked < Self.probedFiles, let key = try keys.nextPlace() {
                if !key.isDirectory { looked += 1 }
                if (try? keys.reader.hasTag(key)) == true { return }
            }
        }
        guard looked > 0 else { return }
        throw StorageError(
            .failed,
            "none of the first \(looked) files below \(root.path) has an attribute of versitygw: were they lost by a copy "
                + "(rsync needs -X), or are they in sidecar files (--sidecar)? Files alone are imported by "
                + "`larder import DIR BUCKET`"
        )
    }
}
