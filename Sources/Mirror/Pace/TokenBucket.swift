/// Spreads bytes over time: pure, time is a parameter.
///
/// Up to a second's bytes may come together; whoever takes more than there is waits until that is made up for.
package struct TokenBucket: Sendable {
    private let rate: Double
    private var level: Double
    private var last: ContinuousClock.Instant

    /// A full bucket for so many bytes a second.
    package init(bytesPerSecond: Int64, at now: ContinuousClock.Instant) {
        rate = Double(max(1, bytesPerSecond))
        level = rate
        last = now
    }

    /// Takes so many bytes; returns how long to wait before they are sent.
    package mutating func take(_ bytes: Int, at now: ContinuousClock.Instant) -> Duration {
        level = min(rate, level + (now - last) / .seconds(1) * rate)
        last = now
        level -= Double(bytes)
        return level < 0 ? .seconds(-level / rate) : .zero
    }
}
