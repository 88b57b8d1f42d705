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

    /// Calls `body` with the good lines of a segment in order, and with where in it each of them is; returns where the last
    /// one ends.
    @discardableResult
    func read(_ number: Int64, _ body: (IntentEntry, Range<Int64>) throws -> Void) throws -> Int {
        guard let file = try directory.open("\(number)") else { return 0 }
        var reader = IntentReader()
        var end: Int64 = 0
        func take(_ entry: IntentEntry, _ range: Range<Int64>) throws {
            end = range.upperBound
            try body(entry, range)
        }
        try file.forEachPiece(upTo: file.facts().size) { try reader.feed($0, take) }
        try reader.finish(take)
        return Int(end)
    }

    /// The object that stands at this place of a segment.
    func object(in number: Int64, at range: Range<Int64>) throws -> LoggedObject {
        let file = try directory.openExisting("\(number)")
        let line = try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            count = try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: range.lowerBound)
        }
        guard case .put(let object)? = IntentEntry(line[...]) else {
            throw StorageError(.failed, "segment \(number) of the intents cannot be read again; look at the disk")
        }
        return object
    }

    /// Makes a new segment; its name is on disk when this returns.
    func make(_ number: Int64) throws -> IntentSegment {
        let file = try directory.openExisting("\(number)", O_WRONLY | O_CREAT | O_EXCL)
        try root.syncPublished(directory, "the intents")
        // Elsewhere zeros gain nothing, or a full disk shows at the sync, which is not to fail for zeros.
        return IntentSegment(number, in: file, isFilledAhead: root.fillsAhead)
    }

    /// Removes the segments below `number`.
    func remove(below number: Int64) throws {
        // The oldest first, on disk too: a line that settles a key must not go before the one that it settles.
        for old in try numbers() where old < number {
            try directory.unlink("\(old)")
            try root.syncPublished(directory, "the intents")
        }
    }
}
