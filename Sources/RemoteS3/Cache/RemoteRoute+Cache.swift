package import S3Protocol

extension RemoteRoute {
    /// Does what may change an object; a copy of it goes.
    package func changing<Value>(_ key: ObjectKey, _ work: () async throws -> Value) async throws -> Value {
        guard let cache else { return try await work() }
        let place = try CachePlace(key, by: self)
        do {
            return try await cache.changing([place], work)
        } catch {
            // It may have taken several requests: the last one says nothing of the others.
            await cache.changed([place])
            throw error
        }
    }
}
