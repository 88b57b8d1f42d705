package import S3Protocol
import Synchronization

/// The credentials of the first source that has some, kept until they are about to end.
///
/// However many requests need new ones at a time, they are asked for once. A source that fails does not hide behind the
/// next: what is set up has to work.
package final class CredentialsProvider: Sendable {
    /// How long before their end credentials are replaced.
    static let margin: Int64 = 300
    /// How long before their end they are not used any more.
    static let lastMoment: Int64 = 10

    private struct State {
        var current: RemoteCredentials?
        var refresh: Task<RemoteCredentials, any Error>?
    }

    private let sources: [any CredentialsSource]
    private let clock: @Sendable () -> Timestamp
    private let state = Mutex(State())

    /// A provider of these sources, asked in their order.
    package init(_ sources: [any CredentialsSource], clock: @escaping @Sendable () -> Timestamp) {
        self.sources = sources
        self.clock = clock
    }

    deinit {
        state.withLock { $0.refresh?.cancel() }
    }

    /// Credentials that are good for now.
    ///
    /// - Throws: `RemoteError` with `credentials`, naming every place that was looked at.
    package func credentials() async throws -> RemoteCredentials {
        let now = clock()
        if let current = state.withLock({ $0.current }), Self.isFresh(current, now, Self.margin) { return current }
        do {
            return try await refresh().value
        } catch {
            // Those there are have not ended yet.
            if let current = state.withLock({ $0.current }), Self.isFresh(current, now, Self.lastMoment) {
                return current
            }
            throw error
        }
    }

    /// Forgets credentials that the remote does not take any more.
    package func invalidate(_ refused: RemoteCredentials) {
        state.withLock { state in
            guard let current = state.current, ByteText.equal(current.accessKeyID, refused.accessKeyID) else { return }
            state.current = nil
        }
    }

    static func isFresh(_ credentials: RemoteCredentials, _ now: Timestamp, _ margin: Int64) -> Bool {
        guard let expires = credentials.expires else { return true }
        return now.advanced(bySeconds: margin) < expires
    }

    private func refresh() -> Task<RemoteCredentials, any Error> {
        state.withLock { state in
            if let running = state.refresh { return running }
            let sources = sources
            let task = Task { [weak self] in
                defer { self?.state.withLock { $0.refresh = nil } }
                let found = try await Self.first(of: sources)
                self?.state.withLock { $0.current = found }
                return found
            }
            state.refresh = task
            return task
        }
    }

    private static func first(of sources: [any CredentialsSource]) async throws -> RemoteCredentials {
        for source in sources {
            if let found = try await source.load() { return found }
        }
        let places = sources.map(\.name).joined(separator: ", ")
        throw RemoteError(.credentials, "there are no credentials for the remote; looked at: \(places)")
    }
}
