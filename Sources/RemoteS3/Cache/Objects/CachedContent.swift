import HTTPTransport
package import NIOCore
import ObjectStorage
import S3Protocol

/// The bytes of a range of an object, read while they come.
///
/// Used by one task at a time. When the last reader of a fetch is gone, the fetch is given up; what it brought stays.
package final class CachedContent: @unchecked Sendable {
    // Unchecked: one task uses it at a time.
    private static let piece: Int64 = 256 << 10

    private let object: CachedObject
    private let end: Int64
    private var offset: Int64
    private var fetch: Int?
    /// What brings the beginning, until this has joined it.
    private var lease: FetchLease?
    /// How often a fetch may break off.
    private var patience = 2

    init(of object: CachedObject, _ range: Range<Int64>, _ lease: FetchLease?) {
        self.object = object
        self.lease = lease
        (offset, end) = (range.lowerBound, range.upperBound)
    }

    deinit { object.leave(fetch) }

    /// Waits until what is missing begins to come, so that nothing is begun that the remote does not let end.
    ///
    /// - Throws: `RemoteError` and the remote's refusals; `CancellationError`; for an object that changed meanwhile, what
    ///   `isOfChange` knows.
    package func begin() async throws {
        guard let missing = object.firstMissing(offset..<end) else { return }
        let (step, fetch) = object.step(at: missing, end: end, leaving: fetch)
        (self.fetch, lease) = (fetch, nil)
        // The remote may be slow with the rest: what is here need not wait for it.
        if case .wait(let run) = step, object.hasBegun(run) { return }
        _ = try await available(at: missing)
    }

    /// The next bytes; nil at the end.
    ///
    /// - Throws: as `begin`, and `StorageError`.
    package func next() async throws -> ByteBuffer? {
        guard offset < end else { return nil }
        let length = min(try await available(at: offset) - offset, Self.piece)
        let (start, content) = (offset, object.content)
        let buffer = try await object.cache.files.run { try content.read(offset: start, length: Int(length)) }
        guard buffer.readableBytes == length else { throw S3Error.internalError("a file of the cache was cut") }
        offset += length
        return buffer
    }

    /// Whether an error says that the remote has another object by now.
    package static func isOfChange(_ error: any Error) -> Bool { error is ObjectChanged }

    /// Up to where bytes from an offset on are here, which is beyond it.
    private func available(at offset: Int64) async throws -> Int64 {
        while true {
            let (step, fetch) = object.step(at: offset, end: end, leaving: fetch)
            self.fetch = fetch
            lease = nil
            if case .ready(let until, _) = step { return until }
            guard let fetch else { continue }
            try await object.wait(for: fetch, beyond: offset)
            if let failure = object.failure(of: fetch) { try consider(failure) }
        }
    }

    /// Lets another fetch begin after one that broke off; throws what makes that useless.
    private func consider(_ failure: any Error) throws {
        defer { leave() }
        // Given up since nobody read it, a moment before this one did.
        if failure is CancellationError { return }
        guard let broken = failure as? TransportError else { throw failure }
        guard patience > 0, broken.code != .closed else {
            throw RemoteError(broken, endpoint: object.place.client.endpoint.text)
        }
        patience -= 1
    }

    private func leave() {
        object.leave(fetch)
        fetch = nil
    }
}
