import S3Protocol

/// Looks whether the files and the row of one key agree.
///
/// All of it blocks and changes nothing.
struct KeyCheck: Sendable {
    let files: ObjectFiles
    /// Whether there is an index to compare with.
    let comparesRows: Bool

    /// What is wrong with a key; `named` takes the sidecars that its files name.
    func findings(_ target: ObjectFiles.Target, rows: KeyRows, named: inout Set<SidecarName>) -> [Finding] {
        let subject = "\(target.bucket)/\(target.key)"
        do {
            let found = try files.findBoth(target)
            for file in [found.current, found.loser].compactMap(\.self) {
                if let sidecar = file.sidecar { named.insert(sidecar) }
            }
            let versions = try files.versions(of: target)
            named.formUnion(versions.named)
            return try fileFindings(found, subject, target)
                + rowFindings(found.current?.record, rows.current, subject, found)
                + versionFindings(target, found.current?.record, versions.records.map(\.record), rows, subject)
        } catch let error as StorageError where error.code == .newerFormat {
            return [Finding(.recordNewer, subject, error.message, isRepairable: false)]
        } catch {
            return [Finding(.unreadable, subject, "\(error)", isRepairable: false)]
        }
    }

    private func fileFindings(_ found: FoundFiles, _ subject: String, _ target: ObjectFiles.Target) -> [Finding] {
        var findings: [Finding] = []
        if let loser = found.loser {
            findings.append(Finding(.twoFiles, subject, "\(loser.place.path) is older than the other file of the key"))
        }
        guard let current = found.current, current.record == nil else { return findings }
        return findings + [foreignRecord(current, subject, target)]
    }

    /// Why the record of a file is not that of the key.
    private func foreignRecord(_ file: FoundFile, _ subject: String, _ target: ObjectFiles.Target) -> Finding {
        if let size = file.sizeBeforeTear(target) {
            return Finding(.tornFile, subject, "\(file.facts.size) of \(size) bytes are there")
        }
        switch file.reading {
        case .missingSidecar(let name):
            return Finding(.sidecarMissing, subject, "its record stands in \(name.path), which is not there or damaged")
        case .none where file.attribute == nil:
            return Finding(.fileWithoutRecord, subject, "the file was put there by hand")
        case .none:
            return Finding(.recordUnreadable, subject, "the attribute \(RecordFiles.attribute) holds no record")
        case .record(let record, _) where record.key != target.key || record.bucketID != target.bucketID:
            return Finding(.recordOfAnotherKey, subject, "the record is that of the key \(record.key): a copied file")
        case .record(let record, _):
            return Finding(
                .fileChanged,
                subject,
                "written with \(record.size) bytes at \(record.modified.iso8601), has \(file.facts.size) bytes of "
                    + Timestamp(nanoseconds: file.facts.modified).iso8601
            )
        }
    }

    private func rowFindings(
        _ record: ObjectRecord?,
        _ row: IndexRow?,
        _ subject: String,
        _ found: FoundFiles
    ) -> [Finding] {
        guard comparesRows else { return [] }
        guard found.current != nil else {
            return row == nil ? [] : [Finding(.rowWithoutFile, subject, "listed, and there is no file")]
        }
        guard let record else { return [] }
        guard let row else { return [Finding(.fileWithoutRow, subject, "there, and not listed")] }
        guard row != IndexRow(record) else { return [] }
        return [
            Finding(
                .rowDiffers,
                subject,
                "listed with ETag \(row.etag) of \(row.size) bytes, is \(record.etag.text) of \(record.size)"
            )
        ]
    }
}

extension KeyCheck {
    /// What is wrong with a key's noncurrent versions and delete markers.
    private func versionFindings(
        _ target: ObjectFiles.Target,
        _ current: ObjectRecord?,
        _ versions: [ObjectRecord],
        _ rows: KeyRows,
        _ subject: String
    ) throws -> [Finding] {
        var findings = try strangers(target, subject)
        if !ObjectFiles.KeyState(current: current, versions: versions).isSettled {
            findings.append(Finding(.versionsUnsettled, subject, Self.disagreement(current, versions)))
        }
        guard comparesRows, rows.versions != versions.map(IndexRow.init) else { return findings }
        let (listed, there) = (Set(rows.versions.map(\.version)), Set(versions.map(\.version.text)))
        let detail =
            "\(there.subtracting(listed).count) versions are not listed, \(listed.subtracting(there).count) are "
            + "listed and not there, \(versions.count) in all"
        return findings + [Finding(.versionRowsDiffer, subject, detail)]
    }

    /// Files among the versions that are none of the key's.
    private func strangers(_ target: ObjectFiles.Target, _ subject: String) throws -> [Finding] {
        guard try files.versionedBuckets.contains(target.bucketID) else { return [] }
        let path = KeyPlace.versions(of: target.key, bucketID: target.bucketID)
        let entries = try files.root.directory.openDirectory(path)?.entries() ?? []
        return try entries.compactMap { entry in
            guard let id = entry.name.flatMap({ try? VersionID($0) }) else {
                return Self.stranger(subject, path, String(decoding: entry.bytes, as: UTF8.self))
            }
            let file = try files.version(id, of: target)
            guard file?.record == nil else { return nil }
            guard let file, let size = file.sizeBeforeTear(target) else {
                return Self.stranger(subject, path, id.text)
            }
            return Finding(
                .tornFile,
                "\(subject) version \(id.text)",
                "\(file.facts.size) of \(size) bytes are there"
            )
        }
    }

    private static func stranger(_ subject: String, _ path: String, _ name: String) -> Finding {
        let detail = "no version of \(subject); look at it, then remove it or put it into the bucket"
        return Finding(.strangeVersion, "\(path)/\(name)", detail, isRepairable: false)
    }

    private static func disagreement(_ current: ObjectRecord?, _ versions: [ObjectRecord]) -> String {
        guard let current, let newest = versions.first else { return "the newest version is not the current one" }
        return versions.contains { $0.version == current.version }
            ? "the current version is among the noncurrent ones, too"
            : "the \(newest.isDeleteMarker ? "delete marker" : "version") \(newest.version.text) is newer than the current one"
    }
}
