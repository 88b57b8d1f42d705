import ForeignDrives
import ObjectStorage

/// A directory of this machine as the decoders of foreign drives want to see it.
struct SourceDrive: DriveDirectory {
    let root: SourceDirectory

    func entries(of folder: DrivePath) throws -> [DriveEntry] {
        try root.entries(of: path(folder)).map { entry in
            let kind: DriveEntry.Kind =
                switch entry.kind {
                case .file: .file
                case .directory: .folder
                case .other: .other
                }
            return DriveEntry(name: entry.name, kind: kind, size: entry.size)
        }
    }

    func contents(of file: DrivePath, limit: Int) throws -> [UInt8]? {
        guard let found = try root.open(path(file)), !found.isDirectory else { return nil }
        return try found.bytes(limit: limit)
    }

    /// Opens a file of exactly this length.
    func file(_ place: DrivePath, size: Int64) throws -> SourceFile {
        guard let found = try root.open(path(place)), !found.isDirectory else {
            throw SourceRefusal("\(place) is not there")
        }
        guard found.size == size else { throw SourceRefusal("\(place) has \(found.size) bytes instead of \(size)") }
        return found
    }

    private func path(_ place: DrivePath) throws -> String {
        guard let path = String(validating: place.bytes, as: UTF8.self) else {
            throw SourceRefusal("its name is no UTF-8")
        }
        return path
    }
}
