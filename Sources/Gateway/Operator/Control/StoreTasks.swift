import Attachments
import DriveImport
import ObjectStorage
import S3Protocol

/// The kinds of long work on a store and its records.
struct StoreTasks: Sendable {
    /// One piece of it; says in the report how far it is.
    typealias Work = @Sendable (CheckReport) async throws -> Void

    let store: FileStore
    let owner: String
    let isAlone: Bool
    let records: RecordsCheck
    let restyling: StyleRegeneration

    /// The work that a command asks for.
    ///
    /// - Throws: `APIError` for a kind that there is not or a body that lacks something; `NoSuchBucket`.
    func work(_ kind: String, _ body: JSONBody) throws -> Work {
        switch kind {
        case "reindex": return try reindex(body)
        case "check": return check(body)
        case "scan": return try scan(body)
        case "scrub": return try scrub(body)
        case "import": return try importFiles(body)
        case "import-drive": return try importDrive(body)
        case "export": return try export(body)
        case "backup": return try backup(body)
        case "restyle": return try restyle(body)
        default: throw APIError.routeNotFound()
        }
    }

    private func reindex(_ body: JSONBody) throws -> Work {
        let (names, store) = (try buckets(body), store)
        return { report in
            for name in names { try await store.reindex(name, report) }
        }
    }

    private func check(_ body: JSONBody) -> Work {
        let (repair, store, isAlone, records) = (body.flag("repair"), store, isAlone, records)
        return { report in
            try await store.check(repair: repair, isAlone: isAlone, report)
            // Afterwards: what became an object by the repair is one that attachments can be held against.
            try await records.run(repair: repair, report)
        }
    }

    private func scan(_ body: JSONBody) throws -> Work {
        let (names, store) = (try buckets(body), store)
        return { report in
            for name in names { try await store.scan(name, report) }
        }
    }

    private func scrub(_ body: JSONBody) throws -> Work {
        let (names, rate, store) = (try buckets(body), body.integer("bytes_per_second"), store)
        return { report in
            for name in names { try await store.scrub(name, bytesPerSecond: rate, report) }
        }
    }

    private func importFiles(_ body: JSONBody) throws -> Work {
        let (source, name) = (try body.text("source"), try BucketName(body.text("bucket")))
        let prefix = body["prefix"]?.string ?? ""
        guard let mode = ImportMode(rawValue: body["mode"]?.string ?? "copy") else {
            throw APIError(status: 422, .init("invalid_mode", "mode is copy, reflink or move."))
        }
        _ = try store.bucket(name)
        let store = store
        return { report in
            try await store.importFiles(from: source, to: name, prefix: prefix, mode: mode, report)
        }
    }

    private func importDrive(_ body: JSONBody) throws -> Work {
        guard let origin = DriveImport.Origin(rawValue: try body.text("origin")) else {
            let names = DriveImport.Origin.allCases.map(\.rawValue).joined(separator: " or ")
            throw APIError(status: 422, .init("invalid_origin", "origin is \(names)."))
        }
        let request = DriveImport.Request(
            origin: origin,
            path: try body.text("source"),
            buckets: body.list("buckets") ?? [],
            versions: body["versions"]?.string,
            sidecar: body["sidecar"]?.string,
            isDryRun: body.flag("dry_run")
        )
        let work = DriveImport(into: store, owner: owner, request)
        return { report in try await work.run(report) }
    }

    private func export(_ body: JSONBody) throws -> Work {
        let (target, name, store) = (try body.text("target"), try BucketName(body.text("bucket")), store)
        _ = try store.bucket(name)
        return { report in try await store.exportObjects(of: name, to: target, report) }
    }

    private func backup(_ body: JSONBody) throws -> Work {
        let (target, store) = (try body.text("target"), store)
        return { report in try await store.backUp(to: target, report) }
    }

    private func restyle(_ body: JSONBody) throws -> Work {
        let request = StyleRegeneration.Request(
            bucket: try store.bucket(BucketName(body.text("bucket"))).name,
            prefix: body["prefix"]?.string ?? "",
            isDryRun: body.flag("dry_run"),
            includesFailed: body.flag("failed")
        )
        let restyling = restyling
        return { report in try await restyling.run(request, report) }
    }

    /// The buckets that are named, else all of them.
    private func buckets(_ body: JSONBody) throws -> [BucketName] {
        guard let names = body.list("buckets"), !names.isEmpty else { return store.buckets().map(\.name) }
        return try names.map { try store.bucket(BucketName($0)).name }
    }
}
