import S3Protocol
import Testing

@testable import ObjectStorage

/// What a bucket with versions has to hold, kept beside the store and compared with it.
struct VersionModel {
    struct Version: Equatable {
        let id: VersionID
        /// Nil for a delete marker.
        let content: String?
    }

    var versioning: BucketVersioning?
    /// By key, the newest first.
    var keys: [String: [Version]] = [:]

    mutating func put(_ name: String, _ content: String?, _ id: VersionID) {
        var versions = keys[name] ?? []
        if versioning == nil { versions = [] }
        if id == .null { versions.removeAll { $0.id == .null } }
        keys[name] = [Version(id: id, content: content)] + versions
    }

    mutating func delete(_ name: String, _ outcome: Deletion) {
        guard versioning != nil, let id = outcome.version else {
            keys[name] = nil
            return
        }
        put(name, nil, id)
    }

    mutating func remove(_ name: String, _ id: VersionID) {
        keys[name]?.removeAll { $0.id == id }
        if keys[name]?.isEmpty == true { keys[name] = nil }
    }

    /// Current versions with content, in order.
    var listed: [String] {
        keys.filter { $0.value.first?.content != nil }.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Compares everything that can be seen of the store.
    func expect(_ store: FileStore, pageSize: Int = 3) async throws {
        #expect(try await store.names() == listed)
        #expect(try await versions(store, pageSize: pageSize) == keys)
        for (name, versions) in keys {
            if let content = versions.first?.content {
                #expect(try await store.get(name) == content)
            } else {
                #expect(await code { _ = try await store.get(name) } == "NoSuchKey")
            }
            for version in versions {
                guard let content = version.content else {
                    let answer = await code { _ = try await store.head(key(name), version: version.id, in: photos) }
                    #expect(answer == "MethodNotAllowed")
                    continue
                }
                let object = try await store.open(key(name), version: version.id, in: photos)
                #expect(try text(of: object) == content)
                #expect(object.record.version == version.id)
            }
        }
        let count = Int64(keys.values.reduce(0) { $0 + $1.count })
        let bytes = keys.values.joined().reduce(0) { $0 + Int64($1.content?.utf8.count ?? 0) }
        #expect(await store.usage(of: try store.bucket(photos)) == BucketUsage(bytes: bytes, objects: count))
    }

    /// All versions as small pages tell them.
    private func versions(_ store: FileStore, pageSize: Int) async throws -> [String: [Version]] {
        var found: [String: [Version]] = [:]
        var query = VersionListQuery(limit: pageSize)
        var last: (key: String, isLatest: Bool)?
        while true {
            let page = try await store.listVersions(query, in: photos)
            for case .version(let summary) in page.entries {
                let name = summary.object.key.string
                #expect(summary.isLatest == (name != last?.key))
                last = (name, summary.isLatest)
                let content = summary.isDeleteMarker ? nil : keys[name]?.first { $0.id == summary.version }?.content
                found[name, default: []].append(Version(id: summary.version, content: content))
                #expect(summary.object.size == Int64(content?.utf8.count ?? 0))
                query.after = summary.object.key.utf8
                query.afterVersion = summary.version
            }
            guard page.isTruncated else { return found }
        }
    }
}

/// Fsck on a root that nobody uses.
func findings(_ root: TestRoot) async throws -> [String] {
    let report = CheckReport()
    let inspection = try RootInspection(root: root.path, log: quiet)
    try await inspection.check(report)
    await inspection.close()
    return report.state.findings.map { "\($0.code.rawValue) \($0.subject): \($0.detail)" }
}
