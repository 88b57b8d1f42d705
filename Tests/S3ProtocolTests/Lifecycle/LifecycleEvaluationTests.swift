import Testing

@testable import S3Protocol

@Suite struct LifecycleEvaluationTests {
    static let made = Timestamp(iso8601: "2026-01-15T10:30:00Z")!

    static func time(_ text: String) -> Timestamp { Timestamp(iso8601: text)! }

    static func version(
        _ key: String = "a/b",
        size: Int64 = 10,
        tags: [TagSet.Tag] = [],
        isMarker: Bool = false,
        place: LifecycleVersion.Place = .current(isOnly: true)
    ) throws -> LifecycleVersion {
        LifecycleVersion(
            key: try ObjectKey(key),
            size: size,
            tags: tags,
            lastModified: made,
            isMarker: isMarker,
            place: place
        )
    }

    static func rules(_ rules: LifecycleRule...) -> LifecycleConfiguration {
        LifecycleConfiguration(rules: rules)
    }

    @Test(arguments: [
        ("2026-01-15T10:30:00Z", 3, "2026-01-19T00:00:00Z"),
        ("2026-01-15T00:00:00Z", 3, "2026-01-18T00:00:00Z"),
        ("2026-01-15T00:00:00.000000001Z", 3, "2026-01-19T00:00:00Z"),
        ("2026-01-15T23:59:59Z", 1, "2026-01-17T00:00:00Z"),
        ("1969-12-30T12:00:00Z", 1, "1970-01-01T00:00:00Z"),
    ])
    func `days end at the first midnight after them`(made: String, days: Int, end: String) {
        #expect(LifecycleDay.standard.midnight(after: days, since: Self.time(made)) == Self.time(end))
    }

    @Test func `a shorter day has midnights at its multiples`() {
        let day = LifecycleDay(seconds: 10)!
        #expect(day.midnight(after: 2, since: Timestamp(seconds: 101)) == Timestamp(seconds: 130))
        #expect(day.midnight(after: 2, since: Timestamp(seconds: 100)) == Timestamp(seconds: 120))
        #expect(day.midnight(after: .max, since: Timestamp(seconds: 100)).nanoseconds == .max)
        #expect(LifecycleDay(seconds: 0) == nil)
    }

    @Test func `a current object expires at its midnight and says when`() throws {
        let configuration = Self.rules(LifecycleRule(id: "my rule", expiration: .at(.days(3))))
        let version = try Self.version()
        let before = Self.time("2026-01-18T23:59:59Z")
        #expect(configuration.dueAction(for: version, at: before) == nil)
        #expect(
            configuration.dueAction(for: version, at: before.advanced(bySeconds: 1))
                == LifecycleAction(.expireCurrent, ruleID: "my rule")
        )
        #expect(
            configuration.expiry(of: version)?.header
                == "expiry-date=\"Mon, 19 Jan 2026 00:00:00 GMT\", rule-id=\"my%20rule\""
        )
    }

    @Test func `the earliest of several dates counts`() throws {
        let date = Self.time("2026-01-17T00:00:00Z")
        let configuration = Self.rules(
            LifecycleRule(id: "late", expiration: .at(.days(9))),
            LifecycleRule(id: "off", isEnabled: false, expiration: .at(.days(1))),
            LifecycleRule(id: "date", expiration: .at(.date(date))),
            LifecycleRule(id: "same", expiration: .at(.date(date)))
        )
        let version = try Self.version()
        #expect(configuration.expiry(of: version) == LifecycleExpiry(date: date, ruleID: "date"))
        #expect(configuration.dueAction(for: version, at: date)?.ruleID == "date")
        #expect(configuration.dueAction(for: version, at: date.advanced(bySeconds: -1)) == nil)
    }

    @Test func `only current objects have an expiry`() throws {
        let configuration = Self.rules(LifecycleRule(id: "r", expiration: .at(.days(1))))
        #expect(try configuration.expiry(of: Self.version(isMarker: true)) == nil)
        let noncurrent = LifecycleVersion.Place.noncurrent(since: Self.made, newer: 0)
        #expect(try configuration.expiry(of: Self.version(place: noncurrent)) == nil)
        #expect(
            try configuration.dueAction(for: Self.version(place: noncurrent), at: Timestamp(nanoseconds: .max)) == nil
        )
    }

    @Test(arguments: [
        (LifecycleFilter(), true),
        (LifecycleFilter(form: .prefix, prefix: "a/"), true),
        (LifecycleFilter(prefix: "b/"), false),
        (LifecycleFilter(tags: [.init("k", "v")]), true),
        (LifecycleFilter(tags: [.init("k", "w")]), false),
        (LifecycleFilter(tags: [.init("k", "v"), .init("l", "v")]), false),
        (LifecycleFilter(sizeGreaterThan: 9), true),
        (LifecycleFilter(sizeGreaterThan: 10), false),
        (LifecycleFilter(sizeLessThan: 11), true),
        (LifecycleFilter(sizeLessThan: 10), false),
        (LifecycleFilter(form: .and, prefix: "a", tags: [.init("k", "v")], sizeGreaterThan: 9, sizeLessThan: 11), true),
        (
            LifecycleFilter(form: .and, prefix: "b", tags: [.init("k", "v")], sizeGreaterThan: 9, sizeLessThan: 11),
            false
        ),
    ])
    func `a filter asks for all of its conditions`(filter: LifecycleFilter, covers: Bool) throws {
        let configuration = Self.rules(LifecycleRule(id: "r", filter: filter, expiration: .at(.days(1))))
        let version = try Self.version(tags: [.init("k", "v"), .init("other", "")])
        #expect((configuration.expiry(of: version) != nil) == covers)
        #expect(configuration.needsTags == (filter.tags != nil))
    }

    @Test(
        arguments: [
            (1, nil, 0, "2026-01-17T00:00:00Z", true),
            (1, nil, 0, "2026-01-16T23:59:59Z", false),
            (1, 2, 1, "2026-01-17T00:00:00Z", false),
            (1, 2, 2, "2026-01-17T00:00:00Z", true),
            (1, 2, 2, "2026-01-16T23:59:59Z", false),
            (nil, 2, 1, "2027-01-17T00:00:00Z", false),
            (nil, 2, 2, "2026-01-15T10:30:00Z", true),
        ] as [(Int?, Int?, Int, String, Bool)]
    )
    func `a noncurrent version goes when it is old enough and enough are newer`(
        days: Int?,
        kept: Int?,
        newer: Int,
        now: String,
        isDue: Bool
    ) throws {
        let rule = LifecycleRule(id: "r", noncurrent: .init(days: days, newer: kept))
        for isMarker in [false, true] {
            let place = LifecycleVersion.Place.noncurrent(since: Self.made, newer: newer)
            let version = try Self.version(isMarker: isMarker, place: place)
            let expected = isDue ? LifecycleAction(.deleteNoncurrent, ruleID: "r") : nil
            #expect(Self.rules(rule).dueAction(for: version, at: Self.time(now)) == expected)
        }
        #expect(try Self.rules(rule).dueAction(for: Self.version(), at: Timestamp(nanoseconds: .max)) == nil)
    }

    @Test(
        arguments: [
            (.markers(true), true, "2026-01-15T10:30:00Z", true),
            (.markers(true), false, "2027-01-15T10:30:00Z", false),
            (.markers(false), true, "2027-01-15T10:30:00Z", false),
            (.at(.days(1)), true, "2026-01-17T00:00:00Z", true),
            (.at(.days(1)), true, "2026-01-16T23:59:59Z", false),
            (.at(.days(1)), false, "2027-01-17T00:00:00Z", false),
        ] as [(LifecycleRule.Expiration, Bool, String, Bool)]
    )
    func `a marker goes when nothing is behind it`(
        expiration: LifecycleRule.Expiration,
        isOnly: Bool,
        now: String,
        isDue: Bool
    ) throws {
        let configuration = Self.rules(LifecycleRule(id: "r", expiration: expiration))
        let marker = try Self.version(size: 0, isMarker: true, place: .current(isOnly: isOnly))
        let expected = isDue ? LifecycleAction(.removeMarker, ruleID: "r") : nil
        #expect(configuration.dueAction(for: marker, at: Self.time(now)) == expected)
    }

    @Test func `an upload is aborted by the rule that is due first`() throws {
        let configuration = Self.rules(
            LifecycleRule(id: "late", abortDays: 7),
            LifecycleRule(id: "other", filter: LifecycleFilter(prefix: "b"), abortDays: 1),
            LifecycleRule(id: "soon", filter: LifecycleFilter(prefix: "a"), abortDays: 2)
        )
        let key = try ObjectKey("a")
        let end = Self.time("2026-01-18T00:00:00Z")
        #expect(
            configuration.abort(ofUploadTo: key, initiated: Self.made) == LifecycleExpiry(date: end, ruleID: "soon")
        )
        let rule = { configuration.abortingRule(forUploadTo: key, initiated: Self.made, at: $0) }
        #expect(rule(end) == "soon")
        #expect(rule(end.advanced(bySeconds: -1)) == nil)
        let other = try ObjectKey("c")
        #expect(configuration.abortingRule(forUploadTo: other, initiated: Self.made, at: end) == nil)
    }

    @Test func `transitions and rules that are off do nothing`() throws {
        let configuration = Self.rules(
            LifecycleRule(id: "t", transitions: [.init(moment: .days(0), storageClass: "GLACIER")]),
            LifecycleRule(id: "off", isEnabled: false, expiration: .at(.days(1)), abortDays: 1)
        )
        let end = Timestamp(nanoseconds: .max)
        #expect(try configuration.dueAction(for: Self.version(), at: end) == nil)
        #expect(try configuration.abortingRule(forUploadTo: ObjectKey("a"), initiated: Self.made, at: end) == nil)
    }
}
