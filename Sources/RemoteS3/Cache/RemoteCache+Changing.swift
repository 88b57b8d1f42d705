import HTTPTransport
import ObjectStorage
import S3Protocol
import Synchronization

extension RemoteCache {
    /// Does in one request what may change the objects at these places; their copies go, unless the remote cannot have seen it.
    package func changing<Value>(_ places: [CachePlace], _ work: () async throws -> Value) async throws -> Value {
        do {
            let value = try await work()
            await changed(places)
            return value
        } catch {
            if (error as? RemoteError)?.isUnsent != true { await changed(places) }
            throw error
        }
    }

    /// Does what may change the bucket of a route as a whole: its copies are not used before the remote was asked.
    package func changing<Value>(
        bucketOf route: RemoteRoute,
        _ work: () async throws -> Value
    ) async throws -> Value {
        defer { changed(bucketOf: route) }
        return try await work()
    }

    /// Lets nobody find the copies of these places any more.
    func changed(_ places: [CachePlace]) async {
        let names = places.map(\.name)
        state.withLock { state in
            for name in names {
                state.revisions.change(name)
                state.open[name] = nil
                state.absences.forget(name)
                state.unkept.forget(name)
                files.forget(name)
            }
            for bucket in Set(places.map(\.bucketName)) {
                for name in Self.listings(of: bucket).dropFirst() { state.revisions.change(name) }
            }
        }
        for name in names { flights.forget(name) }
        await files.remove(names)
    }

    private func changed(bucketOf route: RemoteRoute) {
        let (name, now) = (CachePlace.bucketName(route), clock())
        state.withLock { state in
            state.revisions.change(name)
            if state.buckets.count >= CacheConfiguration.remembered { (state.buckets, state.anyBucket) = ([:], now) }
            state.buckets[name] = now
            state.absences.forgetAll()
        }
    }

    /// Lets nobody find an object any more that the remote does not have.
    func drop(_ object: CachedObject) async {
        let name = object.place.name
        let isOurs = state.withLock { state in
            guard state.open[name]?.object === object else { return false }
            state.open[name] = nil
            files.forget(name)
            return true
        }
        if isOurs { await files.remove([name]) }
    }

    /// Notes that so many bytes more of an object are here, or will be; others may have to go for it.
    func note(_ object: CachedObject, grewBy bytes: Int64) async {
        let name = object.place.name
        let isOurs = state.withLock { state in
            guard state.open[name]?.object === object else { return false }
            files.grow(name, by: bytes)
            return true
        }
        if isOurs, bytes > 0 { await evict() }
    }

    /// Lets those go that are too many.
    func evict() async {
        let gone = files.overflow()
        guard !gone.isEmpty else { return }
        state.withLock { state in
            for name in gone { state.open[name] = nil }
        }
        await files.remove(gone)
    }
}
