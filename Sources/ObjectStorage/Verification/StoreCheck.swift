import Logging
import S3Protocol

/// Checks a storage root: files, records, sidecars, buckets and the index against each other (`larder fsck`).
///
/// Changes nothing. Costs a look at every file's attribute, and no content is read. Beside writers a finding is
/// confirmed under the key's lock, so that what is just being written is not reported.
struct StoreCheck: Sendable {
    private static let pieceSize = 512
    private static let rowsAtOnce = 1_000

    /// What a check has come by.
    private struct Trail {
        /// Sidecars that objects name.
        var sidecars: Set<SidecarName> = []
        /// Keys of the bucket that were looked at closely: files, versions and rows lead to a key more than once.
        var looked: Set<ObjectKey> = []
    }

    /// How a key's findings are confirmed while others write.
    typealias Confirm = @Sendable (ObjectFiles.Target, @Sendable () async throws -> Void) async throws -> Void

    let root: StorageRoot
    let files: ObjectFiles
    let index: IndexDatabase?
    let pool: BlockingPool
    let report: CheckReport
    /// Whether requests may be writing meanwhile.
    let isLive: Bool
    let confirm: Confirm
    /// Makes a key right; nil to only look.
    var repair: (@Sendable (ObjectFiles.Target) async throws -> Void)?

    /// Looks at every bucket, and then at the sidecars that no object names.
    func checkBuckets(_ buckets: [Bucket]) async throws {
        var trail = Trail()
        for bucket in buckets {
            report.begin("bucket \(bucket.name)")
            trail.looked.removeAll()
            try await checkFiles(of: bucket, &trail)
            try await checkRows(of: bucket, &trail)
            try await checkVersionRows(of: bucket, &trail)
            try await checkUsage(of: bucket)
        }
        report.begin("sidecars")
        try await checkSidecars(trail.sidecars, buckets)
    }

    // MARK: Keys

    private func checkFiles(of bucket: Bucket, _ trail: inout Trail) async throws {
        let walk = BucketWalk(bucket, files)
        while let piece = try await pool.run({ try walk.next(Self.pieceSize) }) {
            try Task.checkCancellation()
            report.add(piece.strays.map(Self.finding))
            for path in piece.emptyDirectories { try await checkEmpty(path) }
            try await check((piece.keys + piece.versionedKeys).map { target($0, bucket) }, &trail)
            report.count(piece.keys.count)
        }
    }

    private func checkEmpty(_ path: String) async throws {
        var finding = Finding(.emptyDirectory, path, "a directory with nothing in it")
        if repair != nil {
            try await pool.run { [root] in try root.removeEmptyDirectories(from: path) }
            finding.isRepaired = true
        }
        report.add([finding])
    }

    /// Rows that the walk did not come by, since they have no file.
    private func checkRows(of bucket: Bucket, _ trail: inout Trail) async throws {
        guard let index else { return }
        var last: ObjectKey?
        repeat {
            try Task.checkCancellation()
            let after = last
            let (rows, absent) = try await pool.run { [files] in
                let rows = try index.rows(after: after, bucketID: bucket.id, limit: Self.rowsAtOnce)
                // One that cannot be read is there, and the walk has said what is wrong with it.
                let isAbsent = { (target: ObjectFiles.Target) in
                    if case .success(nil) = Result(catching: { try files.findBoth(target).current }) {
                        true
                    } else {
                        false
                    }
                }
                return (rows, rows.map { target($0.key, bucket) }.filter(isAbsent))
            }
            try await check(absent, &trail)
            last = rows.count < Self.rowsAtOnce ? nil : rows.last?.key
        } while last != nil
    }

    /// Rows of versions of keys that may have no file at all.
    private func checkVersionRows(of bucket: Bucket, _ trail: inout Trail) async throws {
        guard let index else { return }
        var last: ObjectKey?
        repeat {
            try Task.checkCancellation()
            let after = last
            let (keys, absent) = try await pool.run { [files] in
                let keys = try index.versionedKeys(after: after, bucketID: bucket.id, limit: Self.rowsAtOnce)
                return (keys, try keys.filter { try files.versionIDs(of: target($0, bucket)).isEmpty })
            }
            try await check(absent.map { target($0, bucket) }, &trail)
            last = keys.count < Self.rowsAtOnce ? nil : keys.last
        } while last != nil
    }

    private func check(_ targets: [ObjectFiles.Target], _ trail: inout Trail) async throws {
        let (suspects, sidecars) = try await pool.run { try look(at: targets) }
        trail.sidecars.formUnion(sidecars)
        for target in suspects where trail.looked.insert(target.key).inserted { try await confirmed(target) }
    }

    /// The keys with findings, and the sidecars that all of them name.
    private func look(at targets: [ObjectFiles.Target]) throws -> ([ObjectFiles.Target], Set<SidecarName>) {
        let check = KeyCheck(files: files, comparesRows: index != nil)
        let rows = try knownRows(of: targets)
        var named: Set<SidecarName> = []
        let suspects = targets.filter { !check.findings($0, rows: rows[$0.key] ?? KeyRows(), named: &named).isEmpty }
        return (suspects, named)
    }

    private func knownRows(of targets: [ObjectFiles.Target]) throws -> [ObjectKey: KeyRows] {
        guard let index, let bucketID = targets.first?.bucketID else { return [:] }
        guard try files.versionedBuckets.contains(bucketID) else {
            return try index.rows(of: targets).mapValues { KeyRows(current: $0) }
        }
        let rows = try targets.map { ($0.key, try index.rows(of: $0.key, bucketID: bucketID)) }
        return Dictionary(rows, uniquingKeysWith: { first, _ in first })
    }

    /// Looks again with the key to ourselves, reports, and repairs if that is asked for.
    private func confirmed(_ target: ObjectFiles.Target) async throws {
        try await confirm(target) {
            let found = try await pool.run { try findings(of: target) }
            report.add(repair == nil ? found : [])
        }
        guard let repair else { return }
        let before = try await pool.run { try findings(of: target) }
        if before.contains(where: \.isRepairable) { try? await repair(target) }
        let after = try await pool.run { try findings(of: target) }
        report.add(
            before.map { finding in
                var finding = finding
                finding.isRepaired = !after.contains { $0.code == finding.code }
                return finding
            }
        )
    }

    private func findings(of target: ObjectFiles.Target) throws -> [Finding] {
        var named: Set<SidecarName> = []
        let rows = try index?.rows(of: target.key, bucketID: target.bucketID) ?? KeyRows()
        return KeyCheck(files: files, comparesRows: index != nil).findings(target, rows: rows, named: &named)
    }

    private func target(_ key: ObjectKey, _ bucket: Bucket) -> ObjectFiles.Target {
        ObjectFiles.Target(key: key, bucket: bucket.name, bucketID: bucket.id, durability: .strict)
    }

    private static func finding(_ stray: BucketWalk.Stray) -> Finding {
        let code: Finding.Code =
            switch stray.reason {
            case .nameless: .namelessFile
            case .unreadable: .unreadable
            default: .stray
            }
        return Finding(code, stray.path, stray.detail ?? stray.reason.rawValue, isRepairable: false)
    }

    // MARK: Beside the keys

    private func checkUsage(of bucket: Bucket) async throws {
        guard let index, !isLive else { return }
        let (stated, counted) = try await pool.run { try (index.usage()[bucket.id], index.countedUsage(of: bucket.id)) }
        guard stated ?? BucketUsage() != counted else { return }
        report.add([
            Finding(
                .usageDiffers,
                "\(bucket.name)",
                "the index states \(stated?.objects ?? 0) objects of \(stated?.bytes ?? 0) bytes and holds "
                    + "\(counted.objects) of \(counted.bytes)"
            )
        ])
    }

    private func checkSidecars(_ named: Set<SidecarName>, _ buckets: [Bucket]) async throws {
        let orphans = try await pool.run { [root] in try RootCheck(root: root).orphans(named: named) }
        for (name, finding) in orphans {
            let record = try await pool.run { [files] in try files.records.sidecar(name) }
            if let record, let bucket = buckets.first(where: { $0.id == record.bucketID }) {
                try await checkOrphan(name, target(record.key, bucket), finding)
            } else if !isLive {
                try await checkOrphan(name, finding)
            }
        }
    }

    /// One whose key is known: an object may name it by now.
    private func checkOrphan(_ name: SidecarName, _ target: ObjectFiles.Target, _ finding: Finding) async throws {
        let isOrphan: @Sendable () async throws -> Bool = {
            try await pool.run { [files] in
                let found = try files.findBoth(target)
                return try found.current?.sidecar != name && found.loser?.sidecar != name
                    && !files.versions(of: target).named.contains(name)
                    && !files.records.registry.contains(name) && files.records.exists(name)
            }
        }
        try await confirm(target) {
            if try await isOrphan(), repair == nil { report.add([finding]) }
        }
        guard let repair, try await isOrphan() else { return }
        try? await repair(target)
        var finding = finding
        finding.isRepaired = try await !isOrphan()
        report.add([finding])
    }

    /// One of no bucket, or that cannot be read, while nobody writes.
    private func checkOrphan(_ name: SidecarName, _ finding: Finding) async throws {
        var finding = finding
        if repair != nil {
            // Kept: its bucket's settings may only be missing, and an object that cannot be told from here may name it.
            finding.isRepaired = try await pool.run { [files] in try files.records.setAside(name) }
        }
        report.add([finding])
    }
}
