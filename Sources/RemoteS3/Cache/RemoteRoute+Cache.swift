package import S3Protocol

extension RemoteRoute {
    /// Does what may change an object; a copy of it goes.
    package func changing<Value>(_ key: ObjectKey, _ work: () async throws -> Value) async throws -> Value {
        guard let cache else { return try await work() }
        return try await cache.changing([try CachePlace(key, by: self)], work)
    }
}
