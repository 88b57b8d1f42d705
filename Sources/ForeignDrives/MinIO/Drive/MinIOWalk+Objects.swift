extension MinIOWalk {
    /// An object with the roles that its folders have.
    struct Found {
        let object: MinIOObject
        let roles: [[UInt8]: Role]
    }

    private static let metadataName = Array("xl.meta".utf8)
    private static let ancientName = Array("xl.json".utf8)

    /// The object in a folder, or nil when there is neither kind of metadata file.
    mutating func readObject(_ path: DrivePath, _ entries: [DriveEntry], below above: DrivePath?) -> Found? {
        let files = entries.filter { $0.kind == .file }
        if let file = files.first(where: { $0.name == Self.metadataName }) {
            return readObject(path, file, entries, below: above)
        }
        guard files.contains(where: { $0.name == Self.ancientName }) else { return nil }
        return refused(path, .unsupported("xl.json, the layout of before 2020"), entries, below: above)
    }

    private mutating func readObject(
        _ path: DrivePath,
        _ file: DriveEntry,
        _ entries: [DriveEntry],
        below above: DrivePath?
    ) -> Found {
        do throws(ForeignDriveError) {
            let key = try MinIOKey.key(of: path)
            let meta = try XLMeta(try read(path.appending(known: "xl.meta"), file.size))
            let roles = roles(meta, path, entries)
            let reader = MinIOVersionReader(meta: meta, folder: path, dataFolders: Self.dataFiles(roles))
            countUnclaimed(meta, path)
            return Found(object: object(path, key, reader.versions(), nil, above), roles: roles)
        } catch {
            return refused(path, error, entries, below: above)
        }
    }

    private func refused(
        _ path: DrivePath,
        _ error: ForeignDriveError,
        _ entries: [DriveEntry],
        below above: DrivePath?
    ) -> Found {
        let key = (try? MinIOKey.key(of: path)) ?? []
        return Found(object: object(path, key, [], error, above), roles: strayRoles(entries, isUndecided: true))
    }

    private func object(
        _ path: DrivePath,
        _ key: [UInt8],
        _ versions: [MinIOVersion],
        _ refusal: ForeignDriveError?,
        _ above: DrivePath?
    ) -> MinIOObject {
        MinIOObject(
            bucket: bucket.name,
            key: key,
            folder: path,
            versions: versions,
            refusal: refusal,
            objectAbove: above
        )
    }

    private func read(_ path: DrivePath, _ size: Int64) throws(ForeignDriveError) -> [UInt8] {
        guard size <= Int64(limits.metadataSize) else {
            throw .tooLarge("\(path)", bytes: size, limit: limits.metadataSize)
        }
        do {
            if let bytes = try directory.contents(of: path, limit: limits.metadataSize) { return bytes }
        } catch {
            throw .unreadable("\(path) cannot be read: \(error)")
        }
        throw .missingData("\(path)")
    }
}

extension MinIOWalk {
    /// The roles of the folders beside an `xl.meta`: data of its versions, or strays.
    private mutating func roles(_ meta: XLMeta, _ path: DrivePath, _ entries: [DriveEntry]) -> [[UInt8]: Role] {
        var claims: [[UInt8]: Set<[UInt8]>] = [:]
        var isEveryClaimKnown = true
        for version in meta.versions {
            switch version.content {
            case .object(let object):
                claims[Array(object.dataFolder.utf8), default: []].formUnion(object.parts.map(MinIOPlacement.fileName))
            case .refused: isEveryClaimKnown = false
            case .deleteMarker: break
            }
        }
        var roles = strayRoles(entries, isUndecided: !isEveryClaimKnown)
        for folder in entries where folder.kind == .folder {
            guard let parts = claims[folder.name], let place = path.appending(folder.name),
                let entries = list(place)
            else { continue }
            roles[folder.name] = .data(entries: entries, parts: parts)
        }
        return roles
    }

    /// The folders that have the name of a data folder.
    private func strayRoles(_ entries: [DriveEntry], isUndecided: Bool) -> [[UInt8]: Role] {
        var roles: [[UInt8]: Role] = [:]
        for folder in entries where folder.kind == .folder {
            guard ForeignUUID(text: folder.name) != nil || folder.name.elementsEqual(XLObject.legacyFolder.utf8) else {
                continue
            }
            roles[folder.name] = .stray(isUndecided: isUndecided)
        }
        return roles
    }

    private static func dataFiles(_ roles: [[UInt8]: Role]) -> [String: MinIOPlacement.Files] {
        var folders: [String: MinIOPlacement.Files] = [:]
        for case (let name, .data(let entries, _)) in roles {
            let files = entries.filter { $0.kind == .file }.map { ($0.name, $0.size) }
            folders[String(decoding: name, as: UTF8.self)] = Dictionary(files) { first, _ in first }
        }
        return folders
    }

    private mutating func countUnclaimed(_ meta: XLMeta, _ path: DrivePath) {
        guard case .success(let inline) = meta.inline else { return }
        let names = Set(meta.versions.compactMap { $0.id?.versionName })
        let unclaimed = inline.values.keys.filter { !names.contains($0) }.count
        guard unclaimed > 0 else { return }
        survey.debris.unclaimedInlineValues += unclaimed
        survey.debris.note(path, "\(unclaimed) inline values of no version")
    }
}
