import NIOCore
import S3Protocol
import Synchronization

extension RemoteCache {
    /// The longest listing that is kept, in bytes; 64 are.
    private static let longestListing = 1 << 20
    static let keptListings = 64

    /// A listing that was asked for, and when.
    struct Listing: Sendable {
        let answer: RemoteResponse
        let moment: Revisions.Moment
    }

    /// Whether listings are kept at all.
    package var keepsListings: Bool { configuration.listing > 0 }

    /// The page of a bucket that this query asks for: one of a short time ago, unless something was written through here
    /// since, or what `ask` gives.
    package func listing(
        _ query: String,
        by route: RemoteRoute,
        _ ask: () async throws -> RemoteResponse
    ) async throws -> (answer: RemoteResponse, isKept: Bool) {
        let (bucket, asked) = (CachePlace.bucketName(route), clock())
        let (name, changes) = ("\(bucket)\n\(query)", Self.listings(of: bucket))
        let (moment, known) = state.withLock { state -> (Revisions.Moment, RemoteResponse?) in
            let known = state.listings.value(name, at: asked)
            let isCurrent = known.map { state.revisions.areUnchanged(changes, since: $0.moment) } ?? false
            return (state.revisions.now, isCurrent ? known?.answer : nil)
        }
        if let known { return (known, true) }
        let answer = try await ask()
        guard answer.status == 200 else { return (answer, false) }
        let whole = try await answer.collected(upTo: RemoteDocument.limits.bytes, from: route.client.endpoint.text)
        if whole.heldBytes <= Self.longestListing {
            let listing = Listing(answer: whole, moment: moment)
            state.withLock { $0.listings.note(listing, as: name, for: configuration.listing, at: asked) }
        }
        return (whole, false)
    }

    /// What stands for the listings of a bucket among the names that are changed.
    static func listings(of bucketName: String) -> [String] { [bucketName, "\(bucketName)\n"] }
}
