/// A moment in UTC as other servers record it, to the nanosecond.
package struct ForeignTime: Hashable, Sendable {
    /// Seconds since 1970, also before it.
    package let seconds: Int64
    /// The part of a second after `seconds`, below 1,000,000,000.
    package let nanoseconds: Int32

    /// Go's zero time, the first second of year 1, which stands for "not set".
    static let unset = ForeignTime(seconds: -62_135_596_800)

    /// A moment of these parts; nanoseconds out of range count as none.
    package init(seconds: Int64, nanoseconds: Int32 = 0) {
        self.seconds = seconds
        self.nanoseconds = (0..<1_000_000_000).contains(nanoseconds) ? nanoseconds : 0
    }

    /// The moment `count` nanoseconds after the start of 1970.
    package init(nanosecondsSince1970 count: Int64) {
        let (quotient, remainder) = count.quotientAndRemainder(dividingBy: 1_000_000_000)
        let isBefore = remainder < 0
        seconds = isBefore ? quotient - 1 : quotient
        nanoseconds = Int32(isBefore ? remainder + 1_000_000_000 : remainder)
    }

    /// Whether the source has set this time.
    package var isSet: Bool { self != .unset }

    /// Nanoseconds since 1970, or nil outside of the years 1678 to 2261.
    package var nanosecondsSince1970: Int64? {
        // From the next full second when negative, since the seconds alone may not fit while the sum does.
        let base = seconds < 0 ? seconds + 1 : seconds
        let rest = seconds < 0 ? Int64(nanoseconds) - 1_000_000_000 : Int64(nanoseconds)
        let (product, overflows) = base.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowsToo) = product.addingReportingOverflow(rest)
        return overflows || overflowsToo ? nil : sum
    }
}

extension ForeignTime: Comparable {
    /// Earlier before later.
    package static func < (left: ForeignTime, right: ForeignTime) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}
