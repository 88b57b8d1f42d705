import FoundationEssentials
import GRDB
import S3Protocol

/// Reads one page of a bucket's keys in byte order.
///
/// Costs what the page costs, not what the bucket does: behind each
/// common prefix the scan begins anew.
struct IndexListing {
    /// Why a bucket cannot be listed for the moment.
    static let incomplete = "the index of the bucket is being rebuilt"

    private let query: ListQuery
    private let bucketID: String
    private let keys: KeyScan

    init(_ query: ListQuery, bucketID: String) {
        self.query = query
        self.bucketID = bucketID
        keys = KeyScan(prefix: query.prefix, delimiter: query.delimiter)
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
        var next = keys.firstBound(after: query.after)
        // One more than the page holds tells whether more follow.
        while let bound = next, entries.count <= query.limit {
            next = try readRun(from: bound, bucket: bucket, into: &entries, database)
        }
        let isTruncated = entries.count > query.limit
        return ListPage(entries: Array(entries.prefix(query.limit)), isTruncated: isTruncated)
    }

    /// Reads keys up to the first common prefix; returns where to go on behind it, nil at the end.
    private func readRun(
        from bound: KeyScan.Bound,
        bucket: Int64,
        into entries: inout [ListPage.Entry],
        _ database: Database
    ) throws -> KeyScan.Bound? {
        let rows = try Row.fetchCursor(
            database.cachedStatement(sql: sql(bound)),
            arguments: arguments(bound, bucket: bucket, limit: query.limit + 1 - entries.count)
        )
        while let row = try rows.next() {
            let key = Array(row[0] as Data)
            if let prefix = keys.commonPrefix(of: key) {
                entries.append(.commonPrefix(prefix))
                return KeyScan.successor(of: prefix).map(KeyScan.Bound.from)
            }
            entries.append(.object(try IndexRow(row: row).summary))
        }
        return nil
    }

    private func sql(_ bound: KeyScan.Bound) -> String {
        """
        SELECT \(IndexRow.columns) FROM objects WHERE bucket = ? AND \(keys.condition(bound)) ORDER BY key LIMIT ?
        """
    }

    private func arguments(_ bound: KeyScan.Bound, bucket: Int64, limit: Int) -> StatementArguments {
        [bucket] + keys.arguments(bound) + [limit]
    }
}
