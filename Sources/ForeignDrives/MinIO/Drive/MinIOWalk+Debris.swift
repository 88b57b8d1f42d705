extension MinIOWalk {
    /// Counts what of a folder belongs to no version.
    mutating func noteFiles(_ entries: [DriveEntry], in path: DrivePath, as role: Role, isObject: Bool) {
        if entries.isEmpty, path.names.count > 1 {
            survey.debris.emptyFolders += 1
            survey.debris.note(path, "empty")
        }
        let strays = entries.filter { entry in
            entry.kind == .file && DrivePath.isPlain(entry.name)
                && !(isObject && Self.isOfObject(entry.name)) && !Self.isClaimed(entry.name, role)
        }
        for entry in entries where entry.kind == .symbolicLink || entry.kind == .other { noteLink(entry, in: path) }
        for entry in entries where !DrivePath.isPlain(entry.name) { noteUnknown(entry, in: path) }
        guard case .stray(let isUndecided) = role, !isObject, !strays.isEmpty else {
            for entry in strays { noteUnknown(entry, in: path) }
            return
        }
        noteData(strays, in: path, isUndecided: isUndecided)
    }

    private mutating func noteData(_ files: [DriveEntry], in path: DrivePath, isUndecided: Bool) {
        let bytes = files.reduce(Int64(0)) { $0.addingSaturated($1.size) }
        if isUndecided {
            survey.debris.undecidedBytes = survey.debris.undecidedBytes.addingSaturated(bytes)
        } else {
            survey.debris.unreferencedFolders += 1
            survey.debris.unreferencedBytes = survey.debris.unreferencedBytes.addingSaturated(bytes)
        }
        survey.debris.note(path, "\(bytes) bytes that no readable version names")
    }

    private mutating func noteUnknown(_ entry: DriveEntry, in path: DrivePath) {
        survey.debris.unknownFiles += 1
        survey.debris.note(path, "unknown \(String(decoding: entry.name, as: UTF8.self))")
    }

    private mutating func noteLink(_ entry: DriveEntry, in path: DrivePath) {
        survey.debris.links += 1
        survey.debris.note(path, "link or special file \(String(decoding: entry.name, as: UTF8.self))")
    }

    private static func isOfObject(_ name: [UInt8]) -> Bool {
        name.elementsEqual("xl.meta".utf8) || name.elementsEqual("xl.json".utf8)
    }

    private static func isClaimed(_ name: [UInt8], _ role: Role) -> Bool {
        if case .data(_, let parts) = role { parts.contains(name) } else { false }
    }
}
