import Synchronization

/// Has all transfers together keep to so many bytes a second, and counts what is sent.
final class Throttle: Sendable {
    private let bucket: Mutex<TokenBucket>?
    private let sent = Atomic<Int64>(0)
    /// Bytes that are sent at a time: little where the rate is low, so that no transfer rests for long.
    let piece: Int64

    /// No limit for 0; so many transfers share the rate.
    init(bytesPerSecond: Int64, transfers: Int) {
        piece = bytesPerSecond > 0 ? min(max(bytesPerSecond / Int64(transfers), 4 << 10), 256 << 10) : 256 << 10
        bucket = bytesPerSecond > 0 ? Mutex(TokenBucket(bytesPerSecond: bytesPerSecond, at: .now)) : nil
    }

    /// How many bytes were sent.
    var sentBytes: Int64 { sent.load(ordering: .relaxed) }

    /// Waits until so many bytes may be sent.
    func pass(_ bytes: Int) async throws {
        sent.add(Int64(bytes), ordering: .relaxed)
        guard let pause = bucket?.withLock({ $0.take(bytes, at: .now) }), pause > .zero else { return }
        try await Task.sleep(for: pause)
    }
}
