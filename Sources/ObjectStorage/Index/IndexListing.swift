import FoundationEssentials
import GRDB
import S3Protocol

/// Reads one page of a bucket's keys in byte order.
///
/// Costs what the page costs, not what the bucket does: behind each
/// common prefix the scan begins anew.
struct IndexListing {
    private enum Bound: Equatable {
        case after([UInt8])
        case from([UInt8])
    }

    /// Why a bucket cannot be listed for the moment.
    static let incomplete = "the index of the bucket is being rebuilt"

    private let query: ListQuery
    private let bucketID: String

    init(_ query: ListQuery, bucketID: String) {
        self.query = query
        self.bucketID = bucketID
    }

    /// The page; blocks.
    func page(in index: IndexDatabase) throws -> ListPage {
        guard query.limit > 0 else { return ListPage(entries: [], isTruncated: false) }
        return try index.pool.read { database in
            let statement = try database.cachedStatement(sql: "SELECT number, complete FROM buckets WHERE id = ?")
            guard let row = try Row.fetchOne(statement, arguments: [bucketID]) else {
                return ListPage(entries: [], isTruncated: false)
            }
            // In the same snapshot as the rows: a rebuild may begin at any time, and no part of a list is ever shown.
            guard row[1] as Bool else { throw S3Error.slowDown(retryAfter: 2).because(Self.incomplete) }
            let number: Int64 = row[0]
            return try scan(bucket: number, database)
        }
    }

    private func scan(bucket: Int64, _ database: Database) throws -> ListPage {
        var entries: [ListPage.Entry] = []
        var next = firstBound
        // One more than the page holds tells whether more follow.
        while let bound = next, entries.count <= query.limit {
            next = try readRun(from: bound, bucket: bucket, into: &entries, database)
        }
        let isTruncated = entries.count > query.limit
        return ListPage(entries: Array(entries.prefix(query.limit)), isTruncated: isTruncated)
    }

    /// Reads keys up to the first common prefix; returns where to go on behind it, nil at the end.
    private func readRun(
        from bound: Bound,
        bucket: Int64,
        into entries: inout [ListPage.Entry],
        _ database: Database
    ) throws -> Bound? {
        let rows = try Row.fetchCursor(
            database.cachedStatement(sql: sql(bound)),
            arguments: arguments(bound, bucket: bucket, limit: query.limit + 1 - entries.count)
        )
        while let row = try rows.next() {
            let key = Array(row[0] as Data)
            if let prefix = commonPrefix(of: key) {
                entries.append(.commonPrefix(prefix))
                return Self.successor(of: prefix).map(Bound.from)
            }
            entries.append(.object(try IndexRow(row: row).summary))
        }
        return nil
    }

    private func sql(_ bound: Bound) -> String {
        let lower = if case .after = bound { ">" } else { ">=" }
        let upper = Self.successor(of: query.prefix) == nil ? "" : " AND key < ?"
        return """
            SELECT \(IndexDatabase.columns) FROM objects
            WHERE bucket = ? AND key \(lower) ?\(upper) ORDER BY key LIMIT ?
            """
    }

    private func arguments(_ bound: Bound, bucket: Int64, limit: Int) -> StatementArguments {
        let lower =
            switch bound {
            case .after(let bytes), .from(let bytes): bytes
            }
        var arguments: StatementArguments = [bucket, Data(lower)]
        if let end = Self.successor(of: query.prefix) { arguments += [Data(end)] }
        arguments += [limit]
        return arguments
    }

    /// Where the page begins: behind the marker, or behind the whole common prefix that the marker is or lies in.
    private var firstBound: Bound? {
        guard !query.after.lexicographicallyPrecedes(query.prefix) else { return .from(query.prefix) }
        guard let prefix = commonPrefix(of: query.after) else { return .after(query.after) }
        return Self.successor(of: prefix).map(Bound.from)
    }

    /// What rolls this key up, nil when nothing does.
    private func commonPrefix(of key: [UInt8]) -> [UInt8]? {
        guard !query.delimiter.isEmpty, key.starts(with: query.prefix) else { return nil }
        let rest = key[query.prefix.count...]
        guard rest.count >= query.delimiter.count else { return nil }
        for start in rest.startIndex...(rest.endIndex - query.delimiter.count)
        where rest[start...].starts(with: query.delimiter) {
            return Array(key[..<(start + query.delimiter.count)])
        }
        return nil
    }

    /// The least byte string above all that begin with `prefix`, nil when there is none.
    private static func successor(of prefix: [UInt8]) -> [UInt8]? {
        var bytes = prefix
        while let last = bytes.popLast() {
            guard last < 0xFF else { continue }
            return bytes + [last + 1]
        }
        return nil
    }
}
