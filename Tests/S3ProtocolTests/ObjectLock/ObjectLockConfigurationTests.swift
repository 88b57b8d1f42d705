import Testing

@testable import S3Protocol

@Suite struct ObjectLockConfigurationTests {
    static func parse(_ content: String) throws -> ObjectLockConfiguration {
        try ObjectLockConfiguration(
            document: Array("<ObjectLockConfiguration>\(content)</ObjectLockConfiguration>".utf8)
        )
    }

    static func rule(_ content: String) -> String {
        "<ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>\(content)</DefaultRetention></Rule>"
    }

    @Test(arguments: [
        rule("<Mode>GOVERNANCE</Mode><Days>1</Days>"),
        rule("<Mode>COMPLIANCE</Mode><Years>100</Years>"),
        rule("<Mode>COMPLIANCE</Mode><Days>36500</Days>"),
        "<ObjectLockEnabled>Enabled</ObjectLockEnabled>",
    ])
    func `a document is read, kept and written again`(content: String) throws {
        let configuration = try Self.parse(content)
        #expect(
            ConfigurationText.text(try configuration.document())
                == ConfigurationText.answer("ObjectLockConfiguration", content)
        )
        #expect(try ConfigurationText.kept(configuration) == configuration)
    }

    @Test func `settings name the unit`() throws {
        let days = ObjectLockConfiguration(defaultRetention: .init(mode: .governance, period: .days(2)))
        let years = ObjectLockConfiguration(defaultRetention: .init(mode: .compliance, period: .years(3)))
        #expect(
            try ConfigurationText.settings(days) == #"{"defaultRetention":{"days":2,"mode":"GOVERNANCE"}}"#
        )
        #expect(
            try ConfigurationText.settings(years) == #"{"defaultRetention":{"mode":"COMPLIANCE","years":3}}"#
        )
        #expect(try ConfigurationText.decode(ObjectLockConfiguration.self, "{}") == ObjectLockConfiguration())
    }

    @Test(arguments: [
        "",
        "<ObjectLockEnabled>enabled</ObjectLockEnabled>",
        "<Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>1</Days></DefaultRetention></Rule>",
        "<ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule/>",
        rule(""),
        rule("<Mode>GOVERNANCE</Mode>"),
        rule("<Days>1</Days>"),
        rule("<Mode>governance</Mode><Days>1</Days>"),
        rule("<Mode>GOVERNANCE</Mode><Days>1</Days><Years>1</Years>"),
        rule("<Mode>GOVERNANCE</Mode><Days>1.5</Days>"),
    ])
    func `what is no lock configuration is malformed`(content: String) {
        let error = #expect(throws: S3Error.self) { try Self.parse(content) }
        #expect(error?.code == "MalformedXML")
    }

    @Test(arguments: [
        ("Days", "0", "Default retention period must be a positive integer value."),
        ("Years", "-1", "Default retention period must be a positive integer value."),
        ("Days", "36501", "Default retention period too large."),
        ("Years", "101", "Default retention period too large."),
    ])
    func `a period out of range is refused`(unit: String, value: String, message: String) {
        let content = Self.rule("<Mode>GOVERNANCE</Mode><\(unit)>\(value)</\(unit)>")
        let error = #expect(throws: S3Error.self) { try Self.parse(content) }
        #expect(error == .invalidArgument(message, name: unit, value: value))
    }

    @Test(
        arguments: [
            (.days(1), "2024-02-28T10:00:00Z", "2024-02-29T10:00:00Z"),
            (.years(1), "2024-02-28T10:00:00Z", "2025-02-28T10:00:00Z"),
            (.years(1), "2024-02-29T10:00:00Z", "2025-03-01T10:00:00Z"),
            (.years(4), "2024-02-29T10:00:00Z", "2028-02-29T10:00:00Z"),
            (.days(1), "2024-02-28T10:00:00.000000001Z", "2024-02-29T10:00:01Z"),
            (.years(1), "2024-02-28T10:00:00.5Z", "2025-02-28T10:00:01Z"),
        ] as [(DefaultRetention.Period, String, String)]
    )
    func `the default ends that long after a version is made`(
        period: DefaultRetention.Period,
        made: String,
        end: String
    ) {
        let retention = DefaultRetention(mode: .compliance, period: period)
            .retention(madeAt: Timestamp(iso8601: made)!)
        #expect(retention == Retention(mode: .compliance, retainUntil: Timestamp(iso8601: end)!))
    }

    @Test func `a period beyond the range of time ends with it`() {
        let retention = DefaultRetention(mode: .governance, period: .years(100))
            .retention(madeAt: Timestamp(iso8601: "2200-01-01T00:00:00Z")!)
        #expect(retention.retainUntil.nanoseconds == .max)
    }
}
