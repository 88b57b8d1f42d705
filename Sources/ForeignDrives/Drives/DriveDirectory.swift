/// A folder tree of another server, as far as its description needs it: names, sizes and small files.
///
/// The IO stays with the caller. Implementations answer without following symbolic links, and only under their root.
package protocol DriveDirectory {
    /// Everything in a folder, in any order.
    ///
    /// - Throws: whatever the file system says; the walk notes it and goes on elsewhere.
    func entries(of folder: DrivePath) throws -> [DriveEntry]

    /// The bytes of a regular file, or nil when there is none of this path.
    ///
    /// - Throws: whatever the file system says, and when the file has more than `limit` bytes.
    func contents(of file: DrivePath, limit: Int) throws -> [UInt8]?
}

/// One name in a folder.
package struct DriveEntry: Hashable, Sendable {
    /// What stands behind a name.
    package enum Kind: Hashable, Sendable {
        case file
        case folder
        case symbolicLink
        case other
    }

    /// The name's bytes.
    package let name: [UInt8]
    /// What stands behind it.
    package let kind: Kind
    /// How long a file is; 0 for anything else.
    package let size: Int64

    /// An entry of these parts.
    package init(name: [UInt8], kind: Kind, size: Int64 = 0) {
        self.name = name
        self.kind = kind
        self.size = size
    }
}
