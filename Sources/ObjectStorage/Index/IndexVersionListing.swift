import FoundationEssentials
import GRDB
import S3Protocol

/// Reads one page of a bucket's versions: keys in byte order, of one key the newest first.
///
/// Costs what the page costs: current and noncurrent versions are merged as they are read.
struct IndexVersionListing {
    /// Where a run of rows begins.
    private enum Bound {
        case keys(KeyScan.Bound)
        /// The versions of one key below a sequence, and then the keys behind it; whether newer ones are still there.
        case below(Int64, of: [UInt8], hasNewer: Bool)
    }

    private let query: VersionListQuery
    private let bucketID: String
    private let keys: KeyScan

    init(_ query: VersionListQuery, bucketID: String) {
        self.query = query
        self.bucketID = bucketID
        keys = KeyScan(prefix: query.prefix, delimiter: query.delimiter)
    }

    /// The page; blocks.
    func page(in index: IndexDatabase) throws -> VersionListPage {
        guard query.limit > 0 else { return VersionListPage(entries: [], isTruncated: false) }
        return try index.pool.read { database in
            let statement = try database.cachedStatement(sql: "SELECT number, complete FROM buckets WHERE id = ?")
            guard let row = try Row.fetchOne(statement, arguments: [bucketID]) else {
                return VersionListPage(entries: [], isTruncated: false)
            }
            guard row[1] as Bool else { throw S3Error.slowDown(retryAfter: 2).because(IndexListing.incomplete) }
            return try scan(bucket: row[0], database)
        }
    }

    private func scan(bucket: Int64, _ database: Database) throws -> VersionListPage {
        var entries: [VersionListPage.Entry] = []
        var next = try firstBound(bucket: bucket, database)
        while let bound = next, entries.count <= query.limit {
            next = try readRun(from: bound, bucket: bucket, into: &entries, database)
        }
        let isTruncated = entries.count > query.limit
        return VersionListPage(entries: Array(entries.prefix(query.limit)), isTruncated: isTruncated)
    }

    private func firstBound(bucket: Int64, _ database: Database) throws -> Bound? {
        guard let version = query.afterVersion, keys.commonPrefix(of: query.after) == nil,
            query.after.starts(with: query.prefix)
        else { return keys.firstBound(after: query.after).map(Bound.keys) }
        let sequence = try Int64.fetchOne(
            database,
            sql: """
                SELECT seq FROM objects WHERE bucket = ?1 AND key = ?2 AND version = ?3
                UNION ALL SELECT seq FROM versions WHERE bucket = ?1 AND key = ?2 AND version = ?3 LIMIT 1
                """,
            arguments: [bucket, Data(query.after), version.text]
        )
        guard let sequence = sequence ?? version.sequence else { return .keys(.after(query.after)) }
        let hasNewer = try Bool.fetchOne(
            database,
            sql: """
                SELECT EXISTS (SELECT 1 FROM objects WHERE bucket = ?1 AND key = ?2 AND seq >= ?3)
                    OR EXISTS (SELECT 1 FROM versions WHERE bucket = ?1 AND key = ?2 AND seq >= ?3)
                """,
            arguments: [bucket, Data(query.after), sequence]
        )
        return .below(sequence, of: query.after, hasNewer: hasNewer ?? false)
    }

    /// Reads rows up to the first common prefix; returns where to go on behind it, nil at the end.
    private func readRun(
        from bound: Bound,
        bucket: Int64,
        into entries: inout [VersionListPage.Entry],
        _ database: Database
    ) throws -> Bound? {
        let limit = query.limit + 1 - entries.count
        let rows = try Row.fetchCursor(
            database.cachedStatement(sql: sql(bound)),
            arguments: arguments(bound, bucket) + arguments(bound, bucket) + [limit]
        )
        var last: [UInt8]?
        if case .below(_, let key, hasNewer: true) = bound { last = key }
        while let row = try rows.next() {
            let key = Array(row[0] as Data)
            if let prefix = keys.commonPrefix(of: key) {
                entries.append(.commonPrefix(prefix))
                return KeyScan.successor(of: prefix).map { .keys(.from($0)) }
            }
            entries.append(.version(try summary(IndexRow(row: row), isLatest: key != last)))
            last = key
        }
        guard case .below(_, let key, _) = bound else { return nil }
        return .keys(.after(key))
    }

    private func summary(_ row: IndexRow, isLatest: Bool) throws -> VersionSummary {
        VersionSummary(
            object: row.summary,
            version: try VersionID(row.version),
            isLatest: isLatest,
            isDeleteMarker: row.isDeleteMarker
        )
    }

    private func sql(_ bound: Bound) -> String {
        let condition =
            switch bound {
            case .keys(let bound): keys.condition(bound)
            case .below: "key = ? AND seq < ?"
            }
        return """
            SELECT \(IndexRow.columns) FROM objects WHERE bucket = ? AND \(condition)
            UNION ALL
            SELECT \(IndexRow.versionColumns) FROM versions WHERE bucket = ? AND \(condition)
            ORDER BY key, seq DESC LIMIT ?
            """
    }

    private func arguments(_ bound: Bound, _ bucket: Int64) -> StatementArguments {
        switch bound {
        case .keys(let bound): [bucket] + keys.arguments(bound)
        case .below(let sequence, let key, _): [bucket, Data(key), sequence]
        }
    }
}
