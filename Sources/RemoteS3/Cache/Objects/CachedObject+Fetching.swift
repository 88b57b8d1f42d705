import HTTPTransport
import NIOCore
import ObjectStorage
import S3Protocol
import Synchronization

/// The remote has another version of the object by now.
struct ObjectChanged: Error {}

/// Keeps a fetch going until those are there who want what it brings.
package final class FetchLease: Sendable {
    private let object: CachedObject
    private let fetch: Int

    init(_ object: CachedObject, _ fetch: Int) {
        self.object = object
        self.fetch = fetch
    }

    deinit { object.leave(fetch) }
}

/// How missing blocks come from the remote.
extension CachedObject {
    /// Makes ready to take all of the content from an answer; nil when there is none.
    ///
    /// The fetch has one reader, the lease, until those are there who want it.
    func beginFill() -> (run: BlockPlan.Run, lease: FetchLease)? {
        guard head.size > 0 else { return nil }
        let run = state.withLock { state -> BlockPlan.Run? in
            guard case .fetch(let run) = state.plan.step(at: 0, end: head.size) else { return nil }
            state.fetches[run.id] = Fetch(readers: 1)
            return run
        }
        return run.map { ($0, FetchLease(self, $0.id)) }
    }

    /// Begins a fetch that is in the plan.
    func start(_ run: BlockPlan.Run, with answer: RemoteResponse? = nil) {
        let task = Task { await bring(run, answer) }
        state.withLock { $0.fetches[run.id]?.task = task }
    }

    private func bring(_ run: BlockPlan.Run, _ answer: RemoteResponse?) async {
        // Counted before it is here, so that many fetches at once know of each other.
        await cache.note(self, grewBy: Int64(run.range.count))
        let result: Result<Void, any Error>
        do {
            result = .success(try await receive(try await body(of: run, answer), run))
        } catch {
            if error is ObjectChanged || error is StorageError { await cache.drop(self) }
            result = .failure(error)
        }
        await cache.note(self, grewBy: finish(run, result) - Int64(run.range.count))
    }

    private func body(of run: BlockPlan.Run, _ given: RemoteResponse?) async throws -> TransportBody {
        let answer: RemoteResponse
        if let given {
            answer = given
        } else {
            answer = try await ask(for: run)
        }
        guard case .stream(let body) = answer.content else { throw S3Error.badGateway("the remote sent no content") }
        return body
    }

    private func ask(for run: BlockPlan.Run) async throws -> RemoteResponse {
        let range = ByteRange(first: run.range.lowerBound, last: run.range.upperBound - 1)
        let headers = HeaderList([("Range", "bytes=\(range.first)-\(range.last)"), ("If-Match", head.etag)])
        let answer = try await place.client.perform(place.request("GET", headers: headers))
        if [404, 405, 412, 416].contains(answer.status) { throw ObjectChanged() }
        guard answer.status < 300 else { throw answer.error(of: nil) }
        guard head.isSame(as: answer.headers) else { throw ObjectChanged() }
        let isPart = answer.status == 206 && answer.headers["Content-Range"] == range.contentRange(size: head.size)
        // Of another length, or a remote that knows no ranges.
        guard isPart || answer.status == 200 && range.count == head.size else { throw ObjectChanged() }
        return answer
    }

    private func receive(_ body: TransportBody, _ run: BlockPlan.Run) async throws {
        var position = run.range.lowerBound
        while let piece = try await body.next() {
            let offset = position
            position += Int64(piece.readableBytes)
            guard position <= run.range.upperBound else { break }
            try await cache.files.run { [self] in try take(piece, at: offset, of: run) }
            wake(run.id)
        }
        guard position == run.range.upperBound else {
            throw S3Error.badGateway("the remote \(place.client.endpoint.text) sent another length than it said")
        }
    }

    /// Writes a piece; blocks.
    ///
    /// - Throws: `StorageError`, also when others have filled the disk meanwhile.
    private func take(_ piece: ByteBuffer, at offset: Int64, of run: BlockPlan.Run) throws {
        let end = offset + Int64(piece.readableBytes)
        let isFirst = offset == run.range.lowerBound
        if isFirst || offset / CacheConfiguration.roomInterval < end / CacheConfiguration.roomInterval {
            let left = isFirst ? Int64(run.range.count) : CacheConfiguration.roomInterval
            guard try cache.files.hasRoom(for: left) else { throw StorageError(.noSpace, "the cache has no room") }
        }
        try file.write(piece, at: offset)
        let blocks = state.withLock { state in
            let blocks = state.plan.wrote(run.id, until: end)
            state.fetches[run.id]?.bytes += blocks.reduce(0) { $0 + state.plan.length(ofBlock: $1) }
            return blocks
        }
        for block in blocks { try file.notePresent(block) }
    }

    private func wake(_ id: Int) {
        let waiting = state.withLock { state in
            defer { state.fetches[id]?.waiting = [:] }
            return state.fetches[id]?.waiting ?? [:]
        }
        for continuation in waiting.values { continuation.resume() }
    }

    /// Ends a fetch; how many bytes the blocks have that it made whole.
    private func finish(_ run: BlockPlan.Run, _ result: Result<Void, any Error>) -> Int64 {
        let bytes = state.withLock { state in
            state.plan.end(run.id)
            state.fetches[run.id]?.isOver = true
            if case .failure(let error) = result { state.fetches[run.id]?.failure = error }
            state.fetches[run.id]?.task = nil
            return state.fetches[run.id]?.bytes ?? 0
        }
        wake(run.id)
        state.withLock { state in
            if state.fetches[run.id]?.readers == 0 { state.fetches[run.id] = nil }
        }
        return bytes
    }
}
