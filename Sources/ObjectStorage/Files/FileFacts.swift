import CLinux

/// What the file system says of a file.
struct FileFacts: Sendable, Equatable {
    /// What a name can stand for.
    enum Kind: Sendable {
        case file
        case directory
        case other
    }

    /// Length in bytes.
    let size: Int64
    /// When the content last changed, in ns since the epoch.
    let modified: Int64
    /// When content or attributes last changed, in ns since the epoch; nobody can set it.
    let statusChanged: Int64
    /// The inode's number.
    let inode: UInt64
    /// How many names the file has.
    let links: UInt64
    /// The user that it belongs to.
    let owner: UInt32
    /// What it is.
    let kind: Kind

    init(_ facts: clinux_file_facts) {
        size = facts.size
        modified = facts.modified
        statusChanged = facts.status_changed
        inode = facts.inode
        links = facts.links
        owner = facts.owner
        kind = Kind(facts.kind)
    }
}

extension FileFacts.Kind {
    init(_ kind: Int32) {
        switch UInt32(kind) {
        case clinux_kind_file.rawValue: self = .file
        case clinux_kind_directory.rawValue: self = .directory
        default: self = .other
        }
    }
}
