extension Timestamp {
    /// `20130524T000000Z`, the form of `x-amz-date` (ISO 8601 basic).
    package var basicISO8601: String {
        let time = CivilTime(self)
        return DigitWriter.text { text in
            text.number(time.year, 4)
            text.number(time.month)
            text.number(time.day)
            text.add("T")
            text.number(time.hour)
            text.number(time.minute)
            text.number(time.second)
            text.add("Z")
        }
    }

    /// `20130524`, the date in a credential's scope.
    package var scopeDate: String {
        let time = CivilTime(self)
        return DigitWriter.text { text in
            text.number(time.year, 4)
            text.number(time.month)
            text.number(time.day)
        }
    }

    /// `2013-05-24T00:00:00Z`, the form in policies and errors (ISO 8601 extended, whole seconds).
    package var iso8601: String {
        let time = CivilTime(self)
        return DigitWriter.text { text in
            text.number(time.year, 4)
            text.add("-")
            text.number(time.month)
            text.add("-")
            text.number(time.day)
            text.add("T")
            text.clock(time)
            text.add("Z")
        }
    }

    /// `2013-05-24T00:00:00.000Z`, the form in S3's XML; milliseconds are always zero there, so that listing and
    /// `Last-Modified` agree.
    package var iso8601Milliseconds: String { String(iso8601.dropLast()) + ".000Z" }

    /// `Fri, 24 May 2013 00:00:00 GMT`, an HTTP date (RFC 9110 section 5.6.7).
    package var httpDate: String {
        let time = CivilTime(self)
        return DigitWriter.text { text in
            text.add(Self.weekdays[time.weekday])
            text.add(", ")
            text.number(time.day)
            text.add(" ")
            text.add(Self.months[time.month - 1])
            text.add(" ")
            text.number(time.year, 4)
            text.add(" ")
            text.clock(time)
            text.add(" GMT")
        }
    }

    /// Reads `20130524T000000Z`, or gives nil.
    package init?(basicISO8601 text: some StringProtocol) {
        var digits = DigitReader(text)
        guard let year = digits.number(4), let month = digits.number(2), let day = digits.number(2),
            digits.skip("T"), let hour = digits.number(2), let minute = digits.number(2),
            let second = digits.number(2), digits.skip("Z"), digits.isAtEnd,
            let time = CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        else { return nil }
        self = time.timestamp
    }

    /// Reads `20130524`, or gives nil.
    package init?(scopeDate text: some StringProtocol) {
        var digits = DigitReader(text)
        guard let year = digits.number(4), let month = digits.number(2), let day = digits.number(2), digits.isAtEnd,
            let time = CivilTime(year: year, month: month, day: day)
        else { return nil }
        self = time.timestamp
    }

    /// Reads `2030-01-01T12:00:00Z` with or without a fraction of one to nine digits, with `Z` or an offset `+hh:mm`,
    /// or gives nil.
    package init?(iso8601 text: some StringProtocol) {
        var digits = DigitReader(text)
        guard let year = digits.number(4), digits.skip("-"), let month = digits.number(2), digits.skip("-"),
            let day = digits.number(2), digits.skip("T"), let hour = digits.number(2), digits.skip(":"),
            let minute = digits.number(2), digits.skip(":"), let second = digits.number(2),
            let fraction = digits.nanosecondFraction(), let offset = digits.offsetSeconds(), digits.isAtEnd,
            let time = CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        else { return nil }
        let moment = time.timestamp.advanced(bySeconds: Int64(-offset))
        let (sum, overflow) = moment.nanoseconds.addingReportingOverflow(fraction)
        self.init(nanoseconds: overflow ? .max : sum)
    }

    /// Reads an HTTP date of RFC 9110's preferred form, also with a numeric zone as old S3 clients write
    /// (`Tue, 27 Mar 2007 19:36:42 +0000`), or gives nil.
    package init?(httpDate text: some StringProtocol) {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[0].hasSuffix(","), let day = Int(parts[1]), let year = Int(parts[3]),
            let month = Self.months.firstIndex(of: String(parts[2])),
            parts[5] == "GMT" || parts[5] == "UTC" || parts[5] == "+0000"
        else { return nil }
        var clock = DigitReader(parts[4])
        guard let hour = clock.number(2), clock.skip(":"), let minute = clock.number(2), clock.skip(":"),
            let second = clock.number(2), clock.isAtEnd,
            let time = CivilTime(year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second)
        else { return nil }
        self = time.timestamp
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
