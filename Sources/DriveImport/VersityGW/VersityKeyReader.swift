import ForeignDrives
import ObjectStorage
import S3Protocol

/// Reads one key of versitygw with all its versions.
final class VersityKeyReader {
    private let bucket: String
    private let root: SourceDirectory
    private let versions: SourceDirectory?
    private let attributes: VersityAttributes
    /// The folders of versions that belong to a key.
    private var named: Set<String> = []

    init(bucket: String, root: SourceDirectory, versions: SourceDirectory?, attributes: VersityAttributes) {
        self.bucket = bucket
        self.root = root
        self.versions = versions
        self.attributes = attributes
    }

    /// The key of a file or directory; nil for a directory that is no key.
    func key(_ place: VersityKeys.Place) throws -> SourceKey? {
        var key = SourceKey(key: place.key)
        do {
            guard let file = try root.open(place.path), file.isDirectory == place.isDirectory else {
                throw SourceRefusal("it is not there any more, or on another file system")
            }
            let found = try object(place, file)
            if place.isDirectory, found.etag == nil, !found.isDeleteMarker { return nil }
            let own = VersityFile(place.path, in: root, file, isFolder: place.isDirectory)
            key.versions = try olderVersions(of: place.key, besides: found.version)
            key.versions.append(SourceVersion(found, own))
        } catch {
            key.refusal = "\(error)"
        }
        return key
    }

    /// Whether a file or directory has an ETag of versitygw's.
    func hasTag(_ place: VersityKeys.Place) throws -> Bool {
        guard let file = try root.open(place.path) else { return false }
        return try object(place, file).etag != nil
    }

    private func object(_ place: VersityKeys.Place, _ file: SourceFile) throws -> VersityObject {
        VersityObject(
            try attributes.attributes(of: file, at: VersityLayout.sidecar(ofBucket: bucket, key: place.key))
        )
    }

    // MARK: Older versions

    private func olderVersions(of key: [UInt8], besides current: VersityVersion) throws -> [SourceVersion] {
        guard let versions else { return [] }
        let folder = VersityLayout.versionFolder(bucket: bucket, key: key) { key in
            Checksummer.checksum(of: key, .sha256).digest
        }
        .description
        guard let there = try versions.open(folder), there.isDirectory else { return [] }
        named.insert(folder)
        var files: [VersityVersion: SourceFile] = [:]
        for entry in try versions.entries(of: folder) where entry.kind == .file {
            let version = VersityVersion(String(decoding: entry.name, as: UTF8.self))
            guard version != current, let file = try versions.open("\(folder)/\(version.text)") else { continue }
            files[version] = file
        }
        let order = VersityVersionFile.oldestFirst(
            files.map { .init(version: $0, modified: ForeignTime(nanosecondsSince1970: $1.modified.nanoseconds)) }
        )
        return try order.compactMap { entry in
            try files[entry.version].map { try version(entry.version, $0, in: versions, folder) }
        }
    }

    private func version(
        _ version: VersityVersion,
        _ file: SourceFile,
        in versions: SourceDirectory,
        _ folder: String
    ) throws -> SourceVersion {
        let path = "\(folder)/\(version.text)"
        let place = VersityLayout.sidecar(ofVersionFile: "\(versions.realPath)/\(path)")
        let found = VersityObject(try attributes.attributes(of: file, at: place))
        return SourceVersion(found, VersityFile(path, in: versions, file, isFolder: false), named: version)
    }

    // MARK: What is left behind

    /// What of the bucket's folders belongs to no key.
    func leftovers() -> [String] {
        var notes: [String] = []
        let uploads = names(in: root, below: "\(bucket)/\(VersityLayout.temporaryFolder)/multipart", depth: 2)
        if !uploads.isEmpty { notes.append("\(uploads.count) uploads that were never completed are left behind") }
        guard let versions else { return notes }
        let nameless = names(in: versions, below: bucket, depth: 4).filter { !named.contains($0) }
        if let first = nameless.first {
            notes.append(
                "\(nameless.count) folders of versions belong to no key that is there, so that their keys cannot be told; "
                    + "the first: \(first)"
            )
        }
        return notes
    }

    /// The paths of all folders so many levels below a folder; what cannot be listed has none.
    private func names(in directory: SourceDirectory, below folder: String, depth: Int) -> [String] {
        guard depth > 0 else { return [folder] }
        let entries = (try? directory.entries(of: folder)) ?? []
        let folders = entries.filter { $0.kind == .directory }.map { String(decoding: $0.name, as: UTF8.self) }
        return folders.sorted().filter { $0 != VersityLayout.temporaryFolder }
            .flatMap { names(in: directory, below: "\(folder)/\($0)", depth: depth - 1) }
    }
}
