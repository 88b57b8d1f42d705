/// Judges the versions of one `xl.meta` by what lies in the folders beside it.
struct MinIOVersionReader {
    let meta: XLMeta
    let folder: DrivePath
    /// The files of each data folder that a version names and that is there.
    let dataFolders: [String: MinIOPlacement.Files]

    /// The versions that clients could see, oldest first.
    func versions() -> [MinIOVersion] {
        var names: Set<String> = []
        let newestFirst = meta.versions.filter { !$0.isFree }.map { version in
            let name = version.id?.versionName
            let isNew = name.map { names.insert($0).inserted } ?? true
            return isNew ? read(version) : refused(version, .inconsistent("a newer version has the same id"))
        }
        return newestFirst.reversed()
    }

    private func read(_ version: XLVersion) -> MinIOVersion {
        switch version.content {
        case .object(let object): return read(version, object)
        case .refused(let error): return refused(version, error)
        case .deleteMarker(let marker):
            let metadata = MinIOMetadata(system: marker.systemMetadata, user: [])
            guard !metadata.isAwaitingDeletion else {
                return refused(version, ForeignDriveError(.pendingDeletion, "the delete marker waits for its deletion"))
            }
            return self.version(version, .deleteMarker, ImportVerdict(losses: metadata.losses))
        }
    }

    private func read(_ version: XLVersion, _ object: XLObject) -> MinIOVersion {
        var metadata = MinIOMetadata(system: object.systemMetadata, user: object.userMetadata)
        do throws(ForeignDriveError) {
            try object.verify(metadata)
            let pieces = try pieces(version, object, metadata)
            metadata.noteDropped()
            let content = MinIOContent(size: object.size, metadata: metadata, pieces: pieces)
            return self.version(version, .object(content), ImportVerdict(losses: metadata.losses))
        } catch {
            let content = MinIOContent(size: object.size, metadata: metadata, pieces: [])
            return self.version(version, .object(content), .notImportable(error))
        }
    }

    /// The pieces of an object; of one that went to a tier only when a fetched copy lies here in full.
    private func pieces(
        _ version: XLVersion,
        _ object: XLObject,
        _ metadata: MinIOMetadata
    ) throws(ForeignDriveError) -> [MinIOPiece] {
        if let tier = metadata.tier, !metadata.isRestored { throw .tiered(tier.name, name: tier.object) }
        return try placement(version, object, metadata).pieces()
    }

    private func placement(_ version: XLVersion, _ object: XLObject, _ metadata: MinIOMetadata) -> MinIOPlacement {
        MinIOPlacement(
            object: object,
            isMarkedInline: metadata.saysInline || version.header?.flags.contains(.inline) == true,
            inline: meta.inline.map { $0.values[object.id.versionName] ?? [] },
            folder: folder.appending(known: object.dataFolder),
            files: dataFolders[object.dataFolder] ?? [:]
        )
    }

    private func refused(_ version: XLVersion, _ error: ForeignDriveError) -> MinIOVersion {
        self.version(version, .unreadable, .notImportable(error))
    }

    private func version(
        _ version: XLVersion,
        _ content: MinIOVersion.Content,
        _ verdict: ImportVerdict
    ) -> MinIOVersion {
        MinIOVersion(name: version.id?.versionName, modified: version.modified, content: content, verdict: verdict)
    }
}

extension MinIOMetadata {
    /// Whether a copy of tiered data was fetched back: `ongoing-request="false"`.
    ///
    /// Its expiry is not looked at: while the copy is there in full, its hashes prove it.
    var isRestored: Bool { restore?.contains("ongoing-request=\"false\"") == true }

    /// Adds the losses that only an import has.
    mutating func noteDropped() {
        if etag == nil { lose("etag", "no ETag is recorded") }
        if case .opaque = etag { lose("etag", "the ETag is no MD5, so that the content cannot be compared with it") }
        if let storageClass { lose("storage-class", "the storage class is \(storageClass)") }
        if let tier { lose("tier", "a copy fetched from tier \(tier.name) is imported, the original stays there") }
    }
}
