import FoundationEssentials
import GRDB
import ObjectStorage
import Synchronization

/// The highest ids that may have been given out, kept beside the records.
///
/// Records that are put back are those of an earlier time: without this they would give ids out again, and a client's
/// attachment would become another's. Ids are reserved in blocks, so that few claims wait for this file; a kill leaves
/// the rest of a block unused.
package final class IssuedIDs: Sendable {
    private static let block: Int64 = 100
    // More than are given out between a backup and the loss of the disk that it is needed for.
    private static let leap: Int64 = 1_000_000
    /// The tables whose ids clients, styles' keys or other records name.
    private static let tables = ["attachments", "jobs", "tokens"]

    private let file: DurableFile
    private let reserved: Mutex<[String: Int64]>
    /// Whether it is not known which ids were given out.
    private let isLost: Bool
    private let isRaised = Atomic(false)

    /// What is kept beside the records at this path; none when it was never used; blocks.
    init(besideRecords path: String) throws {
        file = Self.file(path)
        let bytes = try file.read()
        let found = Self.floors(bytes)
        isLost = bytes != nil && found == nil
        reserved = Mutex(found ?? [:])
    }

    private static func file(_ path: String) -> DurableFile { DurableFile(path + ".issued") }

    /// Has records give out no id that was given out before; once, before anything is written.
    ///
    /// Not at the start: a server has to start on a disk that is full.
    func raise(_ db: Database) throws {
        guard !isRaised.load(ordering: .acquiring) else { return }
        let floors = reserved.withLock(\.self)
        for (table, last) in try Self.sequences(db) {
            let floor = isLost ? last + Self.leap : floors[table] ?? 0
            guard floor > last else { continue }
            try db.execute(sql: "DELETE FROM sqlite_sequence WHERE name = ?", arguments: [table])
            try db.execute(sql: "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", arguments: [table, floor])
        }
    }

    /// That what was raised is on disk.
    func confirmRaised() {
        isRaised.store(true, ordering: .releasing)
    }

    /// Reserves the ids that a transaction has given out, before it is committed; blocks, once for a block of ids.
    func cover(_ db: Database) throws {
        let floors = reserved.withLock(\.self)
        let beyond = try Self.sequences(db).filter { $0.value > floors[$0.key] ?? 0 }
        guard !beyond.isEmpty else { return }
        try keep(floors.merging(beyond.mapValues { $0 + Self.block }) { $1 })
    }

    /// Gives back what is reserved and was not given out.
    func settle(_ db: Database) throws {
        let last = try Self.sequences(db)
        guard reserved.withLock({ $0 != last }) else { return }
        try keep(last)
    }

    private func keep(_ floors: [String: Int64]) throws {
        try file.replace(with: Self.encoded(floors))
        reserved.withLock { $0 = floors }
    }

    private static func floors(_ bytes: [UInt8]?) -> [String: Int64]? {
        bytes.flatMap { try? JSONDecoder().decode([String: Int64].self, from: Data($0)) }
    }

    private static func encoded(_ floors: [String: Int64]) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return Array(try encoder.encode(floors))
    }

    private static func sequences(_ db: Database) throws -> [String: Int64] {
        let rows = try Row.fetchAll(db, sql: "SELECT name, seq FROM sqlite_sequence")
        let known = Dictionary(rows.map { ($0[0] as String, $0[1] as Int64) }, uniquingKeysWith: max)
        return Dictionary(uniqueKeysWithValues: tables.map { ($0, known[$0] ?? 0) })
    }
}

extension IssuedIDs {
    /// Whether it is known which ids were given out beside the records at this path.
    package static func isKnown(besideRecords path: String) throws -> Bool {
        try file(path).read() != nil
    }

    /// Has the records at this path leave out as many ids as records that are lost can have given out; blocks.
    package static func leap(besideRecords path: String) throws {
        let database = try DatabaseQueue(path: path)
        defer { try? database.close() }
        let (last, kept) = (try database.read(sequences), try floors(file(path).read()) ?? [:])
        try file(path).replace(with: encoded(kept.merging(last.mapValues { $0 + leap }, uniquingKeysWith: max)))
    }
}
