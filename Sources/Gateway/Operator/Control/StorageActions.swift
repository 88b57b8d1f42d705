package import Attachments
package import ObjectStorage
import S3Protocol

/// `/buckets` and `/tasks`: what an operator does with the store.
package struct StorageActions: Sendable {
    private let store: FileStore
    private let tasks: OperatorTasks

    /// Actions on this store, whose new buckets get this owner; `isAlone` says that nobody else uses it.
    package init(
        store: FileStore,
        owner: String,
        isAlone: Bool,
        records: RecordsCheck,
        restyling: StyleRegeneration
    ) {
        self.store = store
        tasks = OperatorTasks(
            StoreTasks(store: store, owner: owner, isAlone: isAlone, records: records, restyling: restyling)
        )
    }

    /// Ends the tasks that are under way.
    package func close() async {
        await tasks.cancelAll()
    }

    func perform(_ method: String, _ path: [String], body: JSONBody) async throws -> JSONValue {
        do {
            return try await route(method, path, body)
        } catch let error as any S3ErrorConvertible {
            throw APIError(refusal: error.s3Error)
        }
    }

    private func route(_ method: String, _ path: [String], _ body: JSONBody) async throws -> JSONValue {
        let name = path.dropFirst().first
        switch (method, path.first, name) {
        case ("GET", "buckets", nil): return .array(await buckets())
        case ("POST", "buckets", let name?): return try await change(try BucketName(name), body)
        case ("POST", "tasks", let kind?): return try await tasks.begin(kind, body)
        case ("GET", "tasks", let id?): return try await tasks.state(of: id)
        case ("DELETE", "tasks", let id?): return try await tasks.cancel(id)
        default: throw APIError.routeNotFound()
        }
    }

    // MARK: Buckets

    private func buckets() async -> [JSONValue] {
        var values: [JSONValue] = []
        for bucket in store.buckets() { values.append(await json(bucket)) }
        return values
    }

    private func change(_ name: BucketName, _ body: JSONBody) async throws -> JSONValue {
        let durability = try body["durability"]?.string.map(Self.durability)
        let bucket = try await store.updateBucket(name) { settings in
            if let durability { settings.durability = durability }
            var quota = settings.quota ?? BucketQuota()
            if let bytes = body.integer("quota_bytes") { quota.bytes = bytes < 0 ? nil : bytes }
            if let objects = body.integer("quota_objects") { quota.objects = objects < 0 ? nil : objects }
            settings.quota = quota == BucketQuota() ? nil : quota
        }
        return await json(bucket)
    }

    /// A durability, or `nil` inside for the server's own.
    private static func durability(_ text: String) throws -> Durability? {
        if text == "default" { return nil }
        guard let durability = Durability(rawValue: text) else {
            throw APIError(status: 422, .init("invalid_durability", "durability is strict, relaxed or default."))
        }
        return durability
    }

    private func json(_ bucket: Bucket) async -> JSONValue {
        let usage = await store.usage(of: bucket)
        let quota = bucket.settings.quota
        return .object([
            .init("name", .string(bucket.name.string)),
            .init("objects", .number("\(usage.objects)")),
            .init("bytes", .number("\(usage.bytes)")),
            .init("quota_objects", quota?.objects.map { .number("\($0)") } ?? .null),
            .init("quota_bytes", quota?.bytes.map { .number("\($0)") } ?? .null),
            .init("durability", .string(bucket.settings.durability?.rawValue ?? "default")),
            .init("complete", .bool(store.isComplete(bucket))),
        ])
    }
}

extension APIError {
    /// What a command is told of a refusal by the store.
    init(refusal: S3Error) {
        let code = ByteText.lowercasedASCII(refusal.code.rawValue)
        let text = [refusal.message, refusal.reason].compactMap(\.self).joined(separator: " ")
        self.init(status: refusal.status, .init(code, text))
    }
}
