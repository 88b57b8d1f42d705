/// What lies at the root of a drive.
package struct MinIORoot: Sendable {
    /// The buckets in byte order of their names.
    package let buckets: [MinIOBucket]
    /// What is neither a bucket nor MinIO's own.
    package let strangers: [DrivePath]
    /// Uploads that were never completed, which are not imported.
    package let unfinishedUploads: Int
}

extension MinIODrive {
    private static let system = DrivePath(".minio.sys")

    /// Lists the buckets with their settings, and what else is there.
    ///
    /// A bucket is a folder with the name of one; its settings may be missing.
    ///
    /// - Throws: what the directory throws when the root cannot be listed.
    package func root() throws -> MinIORoot {
        var buckets: [MinIOBucket] = []
        var strangers: [DrivePath] = []
        for entry in try directory.entries(of: .root).sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
            if entry.kind == .folder, MinIOKey.isBucketName(entry.name) {
                let name = String(decoding: entry.name, as: UTF8.self)
                buckets.append(MinIOBucket(name: name, settings: settings(of: name)))
            } else if entry.name != Self.system.bytes, let path = DrivePath.root.appending(entry.name) {
                strangers.append(path)
            }
        }
        return MinIORoot(buckets: buckets, strangers: strangers, unfinishedUploads: unfinishedUploads())
    }

    private func unfinishedUploads() -> Int {
        let place = Self.system.appending(known: "multipart")
        return folders(of: place).reduce(0) { count, folder in
            count + (place.appending(folder.name).map { folders(of: $0).count } ?? 0)
        }
    }

    private func folders(of path: DrivePath) -> [DriveEntry] {
        let entries = (try? directory.entries(of: path)) ?? []
        return entries.filter { $0.kind == .folder }
    }
}

extension MinIODrive {
    private func settings(of bucket: String) -> MinIOBucket.Settings {
        let folder = Self.system.appending(known: "buckets").appending(known: bucket).appending(known: ".metadata.bin")
        do {
            let file = folder.appending(known: "xl.meta")
            guard let bytes = try directory.contents(of: file, limit: limits.settingsSize) else { return .absent }
            return .known(try MinIOBucketSettings(try settingsContent(XLMeta(bytes), in: folder)))
        } catch let error as ForeignDriveError {
            return .unreadable(error)
        } catch {
            return .unreadable(.unreadable("\(folder) cannot be read: \(error)"))
        }
    }

    /// The bytes of the newest version of the object that holds a bucket's settings.
    private func settingsContent(_ meta: XLMeta, in folder: DrivePath) throws -> [UInt8] {
        let reader = MinIOVersionReader(meta: meta, folder: folder, dataFolders: dataFiles(meta, folder))
        guard let version = reader.versions().last else { throw ForeignDriveError.missing("version", of: "\(folder)") }
        if let refusal = version.verdict.refusal { throw refusal.at("\(folder)") }
        guard case .object(let content) = version.content else {
            throw ForeignDriveError.malformed("\(folder) is deleted")
        }
        return try content.pieces.reduce(into: []) { $0 += try bytes(of: $1) }
    }

    private func dataFiles(_ meta: XLMeta, _ folder: DrivePath) -> [String: MinIOPlacement.Files] {
        var folders: [String: MinIOPlacement.Files] = [:]
        for case .object(let object) in meta.versions.map(\.content) {
            let entries = (try? directory.entries(of: folder.appending(known: object.dataFolder))) ?? []
            let files = entries.filter { $0.kind == .file }.map { ($0.name, $0.size) }
            folders[object.dataFolder] = Dictionary(files) { first, _ in first }
        }
        return folders
    }

    /// The content of a piece that is small enough to be held in memory.
    private func bytes(of piece: MinIOPiece) throws -> [UInt8] {
        var framed: ArraySlice<UInt8> = []
        switch piece.location {
        case .inline(let value): framed = value
        case .nowhere: break
        case .file(let path):
            guard let bytes = try directory.contents(of: path, limit: limits.settingsSize) else {
                throw ForeignDriveError.missingData("\(path)")
            }
            framed = bytes[...]
        }
        return try BitrotFrame.content(of: framed, size: piece.size, blockSize: piece.blockSize)
    }
}
