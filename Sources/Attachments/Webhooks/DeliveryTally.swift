import Synchronization

/// Counts what arrives.
final class DeliveryTally: Sendable {
    private let delivered = Atomic(0)

    /// Counts one.
    func count() {
        delivered.add(1, ordering: .relaxed)
    }

    /// How many there were.
    var number: Int { delivered.load(ordering: .relaxed) }
}
