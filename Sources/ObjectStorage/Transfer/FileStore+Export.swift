import Glibc
package import S3Protocol

extension FileStore {
    private static let rowsAtOnce = 256

    /// Writes every object of a bucket to a file below a directory: content and time, as clones where there are such.
    ///
    /// A key that is no path there (`a` beside `a/b`, `..`, `//`) is a finding and left out. A file that is there with the
    /// object's size and time is passed over, so that an export that was cut off goes on.
    ///
    /// - Throws: `NoSuchBucket`; `SlowDown` while the index is incomplete; `StorageError` when nothing can be written.
    package func exportObjects(of name: BucketName, to path: String, _ report: CheckReport) async throws {
        report.begin("export of \(name)")
        let bucket = try registry.bucket(name)
        let export = try await pool.run { try ExportTarget(path) }
        var query = ListQuery(limit: Self.rowsAtOnce)
        while true {
            let page = try await list(query, in: name)
            for case .object(let summary) in page.entries {
                try Task.checkCancellation()
                let target = target(summary.key, of: bucket)
                try await pool.run { [files] in try export.write(target, files, report) }
                query.after = summary.key.utf8
            }
            guard page.isTruncated else { return }
        }
    }
}

/// The directory of an export.
///
/// All of it blocks.
struct ExportTarget: Sendable {
    private let directory: FileDescriptor

    /// - Throws: `StorageError` when the directory cannot be made or opened.
    init(_ path: String) throws {
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw StorageError.lastSystemError("make \(path)") }
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StorageError.lastSystemError("open \(path)") }
        directory = FileDescriptor(taking: descriptor)
    }

    /// Writes the file of a key unless it is there.
    func write(_ target: ObjectFiles.Target, _ files: ObjectFiles, _ report: CheckReport) throws {
        guard let found = try files.find(target), let record = found.record else { return }
        guard KeyPlace.isSafePath(target.key.utf8) else {
            return report.add([Self.unusable(target, "the key cannot be a path")])
        }
        do {
            let isNew = try write(found, record)
            report.count(1, bytes: isNew ? record.size : 0, skipped: isNew ? 0 : 1)
        } catch let error as StorageError where [EEXIST, ENOTDIR, EISDIR, ELOOP].contains(error.cause) {
            report.add([Self.unusable(target, "something else is in the way: \(error.message)")])
        }
    }

    private static func unusable(_ target: ObjectFiles.Target, _ reason: String) -> Finding {
        Finding(.notExported, "\(target.bucket)/\(target.key)", reason, isRepairable: false)
    }

    private func write(_ found: FoundFile, _ record: ObjectRecord) throws -> Bool {
        let names = record.key.string.pathSegments
        let parent = try makeParents(Array(names.dropLast()))
        guard let name = names.last else { return false }
        if let there = try parent.facts(ofName: name) {
            guard there.kind == .file else {
                throw StorageError(.failed, "\(name) is no file", cause: EISDIR)
            }
            if there.size == record.size, there.modified == record.modified.nanoseconds { return false }
        }
        let temporary = ".\(Nonce.make()).larder-export"
        do {
            let file = try parent.openExisting(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
            _ = try file.copyContent(of: found.descriptor, size: record.size)
            try file.setModified(nanoseconds: record.modified.nanoseconds)
            try file.sync("an exported file")
            try parent.rename(temporary, to: parent, name)
        } catch {
            _ = try? parent.unlink(temporary)
            throw error
        }
        return true
    }

    private func makeParents(_ names: [String]) throws -> FileDescriptor {
        try names.reduce(directory) { parent, name in
            _ = try parent.makeDirectory(name, mode: 0o755)
            return try parent.openExisting(name, O_RDONLY | O_DIRECTORY)
        }
    }
}
