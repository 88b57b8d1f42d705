/// Goes through the folders of one bucket, depth first, and answers each object it meets.
///
/// The path from the bucket down is a stack of levels, so depth costs no stack of calls; each level knows which of its
/// folders are still to come.
struct MinIOWalk {
    /// What a folder is for the object above it.
    enum Role {
        /// Part of a key, as far as is known.
        case plain
        /// The data folder of a version, already listed; these part files belong to versions.
        case data(entries: [DriveEntry], parts: Set<[UInt8]>)
        /// A folder with the name of a data folder that no readable version names.
        case stray(isUndecided: Bool)
    }

    /// A folder on the way down.
    struct Level {
        let path: DrivePath
        let folders: [DriveEntry]
        var next = 0
        /// The roles of those folders that are not plain.
        let roles: [[UInt8]: Role]
        /// The object in this folder, or the nearest one above.
        let objectAbove: DrivePath?
    }

    let directory: any DriveDirectory
    let limits: MinIODrive.Limits
    let bucket: MinIOBucket
    var survey = MinIOSurvey()
    var levels: [Level] = []

    init(directory: any DriveDirectory, limits: MinIODrive.Limits, bucket: MinIOBucket) {
        self.directory = directory
        self.limits = limits
        self.bucket = bucket
        guard let entries = list(bucket.folder) else { return }
        // An xl.meta here would be an object without a key.
        noteFiles(entries, in: bucket.folder, as: .plain, isObject: false)
        push(entries, in: bucket.folder, roles: [:], objectAbove: nil)
    }

    /// The next object, or nil at the end.
    mutating func next() -> MinIOObject? {
        while let level = levels.last {
            guard level.next < level.folders.count else {
                levels.removeLast()
                continue
            }
            levels[levels.count - 1].next += 1
            let folder = level.folders[level.next]
            guard let path = level.path.appending(folder.name) else { continue }
            if let object = enter(path, as: level.roles[folder.name] ?? .plain, below: level.objectAbove) {
                survey.count(object)
                return object
            }
        }
        return nil
    }

    /// Reads one folder: its object if there is one, and its folders as the next level.
    private mutating func enter(_ path: DrivePath, as role: Role, below above: DrivePath?) -> MinIOObject? {
        guard path.names.count <= limits.depth else {
            survey.debris.unreadableFolders += 1
            survey.debris.note(path, "deeper than \(limits.depth) names")
            return nil
        }
        guard let entries = entries(of: path, role) else { return nil }
        let found = readObject(path, entries, below: above)
        noteFiles(entries, in: path, as: role, isObject: found != nil)
        push(entries, in: path, roles: found?.roles ?? [:], objectAbove: found == nil ? above : path)
        return found?.object
    }

    private mutating func entries(of path: DrivePath, _ role: Role) -> [DriveEntry]? {
        if case .data(let entries, _) = role { return entries }
        return list(path)
    }

    private mutating func push(
        _ entries: [DriveEntry],
        in path: DrivePath,
        roles: [[UInt8]: Role],
        objectAbove: DrivePath?
    ) {
        let folders = entries.filter { $0.kind == .folder }
        guard !folders.isEmpty else { return }
        levels.append(Level(path: path, folders: folders, roles: roles, objectAbove: objectAbove))
    }

    /// What is in a folder, in byte order; nil when that cannot be told.
    mutating func list(_ path: DrivePath) -> [DriveEntry]? {
        do {
            let entries = try directory.entries(of: path)
            return entries.sorted { $0.name.lexicographicallyPrecedes($1.name) }
        } catch {
            survey.debris.unreadableFolders += 1
            survey.debris.note(path, "cannot be listed: \(error)")
            return nil
        }
    }
}
