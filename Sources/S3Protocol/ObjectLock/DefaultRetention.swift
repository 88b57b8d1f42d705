/// The retention that a bucket gives to new versions.
package struct DefaultRetention: Codable, Equatable, Sendable {
    /// For how long.
    package enum Period: Equatable, Sendable {
        /// So many days of 86400 seconds.
        case days(Int)
        /// So many years of the calendar.
        case years(Int)
    }

    /// The longest period, about a century.
    package static let maximumDays = 36_500
    /// The longest period in years.
    package static let maximumYears = 100

    /// How strictly versions are kept.
    package var mode: RetentionMode
    /// For how long they are kept.
    package var period: Period

    /// A default of this mode and period, which is not checked.
    package init(mode: RetentionMode, period: Period) {
        self.mode = mode
        self.period = period
    }

    /// The retention of a version that is made at this time.
    package func retention(madeAt time: Timestamp) -> Retention {
        let end =
            switch period {
            case .days(let days): time.advanced(bySeconds: Int64(days) * 86_400)
            case .years(let years): time.advanced(byYears: years)
            }
        return Retention(mode: mode, retainUntil: end.roundedUpToSecond)
    }
}

/// The document.
extension DefaultRetention {
    init(_ node: XMLNode) throws(S3Error) {
        guard let mode = try node.choice("Mode", RetentionMode.self) else {
            throw .malformedXML("DefaultRetention without Mode")
        }
        switch (try node.integer("Days"), try node.integer("Years")) {
        case (let days?, nil):
            try Self.check(days, name: "Days", limit: Self.maximumDays)
            self.init(mode: mode, period: .days(days))
        case (nil, let years?):
            try Self.check(years, name: "Years", limit: Self.maximumYears)
            self.init(mode: mode, period: .years(years))
        default: throw .malformedXML("DefaultRetention needs either Days or Years")
        }
    }

    func write(to xml: XMLDocument) {
        xml.text("Mode", mode.rawValue)
        switch period {
        case .days(let days): xml.text("Days", String(days))
        case .years(let years): xml.text("Years", String(years))
        }
    }

    private static func check(_ number: Int, name: String, limit: Int) throws(S3Error) {
        guard number > 0 else { throw .retentionPeriodNotPositive(name, value: number) }
        guard number <= limit else { throw .retentionPeriodTooLarge(name, value: number) }
    }
}

/// In settings: `{"mode": "GOVERNANCE", "days": 1}` or with `years`.
extension DefaultRetention {
    private enum CodingKeys: String, CodingKey {
        case mode, days, years
    }

    /// Reads what `encode(to:)` wrote.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        mode = try container.decode(RetentionMode.self, forKey: .mode)
        if let years = try container.decodeIfPresent(Int.self, forKey: .years) {
            period = .years(years)
        } else {
            period = .days(try container.decode(Int.self, forKey: .days))
        }
    }

    /// Writes the mode and the period in its unit.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(mode, forKey: .mode)
        switch period {
        case .days(let days): try container.encode(days, forKey: .days)
        case .years(let years): try container.encode(years, forKey: .years)
        }
    }
}

extension Timestamp {
    /// The same day and time of a later year; the first of March when that year has no 29th of February.
    func advanced(byYears years: Int) -> Timestamp {
        let now = CivilTime(self)
        let fraction = nanoseconds - Timestamp(seconds: seconds).nanoseconds
        let isMissing = CivilTime(year: now.year + years, month: now.month, day: now.day) == nil
        let (month, day) = isMissing ? (3, 1) : (now.month, now.day)
        let then = CivilTime(
            year: now.year + years,
            month: month,
            day: day,
            hour: now.hour,
            minute: now.minute,
            second: now.second
        )
        guard let moment = then?.timestamp else { return Timestamp(nanoseconds: .max) }
        let (sum, overflow) = moment.nanoseconds.addingReportingOverflow(fraction)
        return Timestamp(nanoseconds: overflow ? .max : sum)
    }

    /// The first whole second that is not before this moment.
    ///
    /// Lock dates are shown in whole seconds; rounded down, a lock would end before what was asked for.
    var roundedUpToSecond: Timestamp {
        Timestamp(seconds: seconds) == self ? self : Timestamp(seconds: seconds + 1)
    }
}
