import Glibc

/// The files of the intent log in their directory.
///
/// All of it blocks.
struct IntentSegments: Sendable {
    private static let path = ".larder/intents"

    let root: StorageRoot
    private let directory: FileDescriptor

    init(root: StorageRoot) throws {
        self.root = root
        directory = try root.directory.openExisting(Self.path, O_RDONLY | O_DIRECTORY)
    }

    /// The numbers of all segments, ascending.
    func numbers() throws -> [Int64] {
        try directory.entries().compactMap { $0.name.flatMap { Int64($0) } }.sorted()
    }

    /// The good lines of a segment.
    func lines(of number: Int64) throws -> [IntentLine] {
        guard let file = try directory.open("\(number)") else { return [] }
        return IntentLine.lines(of: try file.readAll(limit: .max))
    }

    /// Makes a new segment; its name is on disk when this returns.
    func make(_ number: Int64) throws -> FileDescriptor {
        let file = try directory.openExisting("\(number)", O_WRONLY | O_CREAT | O_EXCL | O_APPEND)
        try root.syncPublished(directory, "the intents")
        return file
    }

    /// Removes the segments below `number`.
    func remove(below number: Int64) throws {
        for old in try numbers() where old < number { try directory.unlink("\(old)") }
        try root.syncPublished(directory, "the intents")
    }
}
