/// A moment: nanoseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// The protocol has no clock: whoever needs the time gets it as a parameter of this type. Range: the years 1678 to
/// 2261.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Nanoseconds since the epoch.
    package let nanoseconds: Int64

    /// A moment by its nanoseconds since the epoch.
    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// A moment by its seconds since the epoch; clamped to the range of the type.
    package init(seconds: Int64) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        self.nanoseconds = overflow ? (seconds < 0 ? .min : .max) : product
    }

    /// Whole seconds since the epoch, rounded down: what HTTP dates and listings carry.
    package var seconds: Int64 {
        nanoseconds >= 0 ? nanoseconds / 1_000_000_000 : -((-(nanoseconds + 1)) / 1_000_000_000) - 1
    }

    /// The moment `seconds` later (earlier when negative); clamped to the range of the type.
    package func advanced(bySeconds seconds: Int64) -> Timestamp {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(Timestamp(seconds: seconds).nanoseconds)
        return overflow ? Timestamp(nanoseconds: seconds < 0 ? .min : .max) : Timestamp(nanoseconds: sum)
    }

    /// Earlier first.
    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}
