import HTTPTransport
import NIOCore
import ObjectStorage
import S3Protocol
import Synchronization

/// The remote has another version of the object by now.
struct ObjectChanged: Error {}

/// How missing blocks come from the remote.
extension CachedObject {
    /// Takes the content from an answer that has all of it.
    func fill(from answer: RemoteResponse) {
        guard head.size > 0 else { return }
        let run = state.withLock { state -> BlockPlan.Run? in
            guard case .fetch(let run) = state.plan.step(at: 0, end: head.size) else { return nil }
            state.fetches[run.id] = Fetch()
            return run
        }
        if let run { start(run, with: answer) }
    }

    /// Begins a fetch that is in the plan.
    func start(_ run: BlockPlan.Run, with answer: RemoteResponse? = nil) {
        let task = Task { await bring(run, answer) }
        state.withLock { $0.fetches[run.id]?.task = task }
    }

    private func bring(_ run: BlockPlan.Run, _ answer: RemoteResponse?) async {
        do {
            try await receive(try await body(of: run, answer), run)
            finish(run, nil)
        } catch {
            if error is ObjectChanged { await cache.drop(self) }
            finish(run, error)
        }
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
            let bytes = try await cache.files.run { [self] in try take(piece, at: offset, of: run) }
            wake(run.id)
            if bytes > 0 { await cache.note(self, grewBy: bytes) }
        }
        guard position == run.range.upperBound else {
            throw S3Error.badGateway("the remote \(place.client.endpoint.text) sent another length than it said")
        }
    }

    /// Writes a piece, which blocks; returns how many bytes the blocks have that it made whole.
    private func take(_ piece: ByteBuffer, at offset: Int64, of run: BlockPlan.Run) throws -> Int64 {
        try file.write(piece, at: offset)
        let end = offset + Int64(piece.readableBytes)
        let (blocks, bytes) = state.withLock { state in
            let blocks = state.plan.wrote(run.id, until: end)
            return (blocks, blocks.reduce(0) { $0 + state.plan.length(ofBlock: $1) })
        }
        for block in blocks { try file.notePresent(block) }
        return bytes
    }

    private func wake(_ id: Int) {
        let waiting = state.withLock { state in
            defer { state.fetches[id]?.waiting = [:] }
            return state.fetches[id]?.waiting ?? [:]
        }
        for continuation in waiting.values { continuation.resume() }
    }

    private func finish(_ run: BlockPlan.Run, _ failure: (any Error)?) {
        state.withLock { state in
            state.plan.end(run.id)
            state.fetches[run.id]?.isOver = true
            state.fetches[run.id]?.failure = failure
            state.fetches[run.id]?.task = nil
        }
        wake(run.id)
        state.withLock { state in
            if state.fetches[run.id]?.readers == 0 { state.fetches[run.id] = nil }
        }
    }
}
