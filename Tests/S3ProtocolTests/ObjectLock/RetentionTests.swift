import Testing

@testable import S3Protocol

@Suite struct RetentionTests {
    static let now = Timestamp(iso8601: "2026-01-01T00:00:00Z")!
    static let mode = "x-amz-object-lock-mode"
    static let date = "x-amz-object-lock-retain-until-date"
    static let hold = "x-amz-object-lock-legal-hold"

    static func parse(_ content: String) throws -> Retention? {
        try Retention.parse(document: Array("<Retention>\(content)</Retention>".utf8), now: now)
    }

    static func headers(_ headers: [String: String]) throws -> ObjectLockHeaders {
        try ObjectLockHeaders(now: now, header: ConfigurationText.lookup(headers))
    }

    @Test func `a retention is read, kept and written again`() throws {
        let content = "<Mode>GOVERNANCE</Mode><RetainUntilDate>2026-01-01T00:00:01Z</RetainUntilDate>"
        let retention = try #require(try Self.parse(content))
        #expect(retention == Retention(mode: .governance, retainUntil: Self.now.advanced(bySeconds: 1)))
        #expect(ConfigurationText.text(try retention.document()) == ConfigurationText.answer("Retention", content))
        #expect(
            try ConfigurationText.settings(retention) == #"{"mode":"GOVERNANCE","retainUntil":1767225601000000000}"#
        )
        #expect(try ConfigurationText.kept(retention) == retention)
    }

    @Test func `an empty retention removes the one there is`() throws {
        #expect(try Self.parse("") == nil)
    }

    @Test func `a part of a second is rounded up`() throws {
        let date = "<RetainUntilDate>2026-01-01T00:00:00.001Z</RetainUntilDate>"
        #expect(try Self.parse("<Mode>COMPLIANCE</Mode>" + date)?.retainUntil == Self.now.advanced(bySeconds: 1))
    }

    @Test(
        arguments: [
            ("<Mode>GOVERNANCE</Mode>", "MalformedXML", nil),
            ("<RetainUntilDate>2027-01-01T00:00:00Z</RetainUntilDate>", "MalformedXML", nil),
            ("<Mode>abc</Mode><RetainUntilDate>2027-01-01T00:00:00Z</RetainUntilDate>", "MalformedXML", nil),
            (
                "<Mode>GOVERNANCE</Mode><RetainUntilDate>2026-01-01T00:00:00Z</RetainUntilDate>", "InvalidArgument",
                "The retain until date must be in the future!"
            ),
            (
                "<Mode>GOVERNANCE</Mode><RetainUntilDate>tomorrow</RetainUntilDate>", "InvalidArgument",
                "The retain until date must be provided in ISO 8601 format"
            ),
        ] as [(String, String, String?)]
    )
    func `a bad retention is refused`(content: String, code: String, message: String?) {
        let error = #expect(throws: S3Error.self) { try Self.parse(content) }
        #expect(error?.code.rawValue == code)
        guard let message else { return }
        #expect(error?.message == message)
        #expect(error?.details.first == .init("ArgumentName", "RetainUntilDate"))
    }

    @Test(arguments: [("ON", LegalHold.on), ("OFF", LegalHold.off)])
    func `a legal hold is read and written again`(text: String, hold: LegalHold) throws {
        let content = "<Status>\(text)</Status>"
        #expect(try LegalHold(document: Array("<LegalHold>\(content)</LegalHold>".utf8)) == hold)
        #expect(ConfigurationText.text(try hold.document()) == ConfigurationText.answer("LegalHold", content))
    }

    @Test(arguments: ["<LegalHold/>", "<LegalHold><Status>on</Status></LegalHold>", "<Retention/>"])
    func `another legal hold is malformed`(document: String) {
        let error = #expect(throws: S3Error.self) { try LegalHold(document: Array(document.utf8)) }
        #expect(error?.code == "MalformedXML")
    }

    @Test func `headers give retention and hold`() throws {
        let both = try Self.headers([
            Self.mode: "COMPLIANCE", Self.date: "2027-01-01T00:00:00Z", Self.hold: "ON",
        ])
        #expect(both.retention?.mode == .compliance)
        #expect(both.retention?.retainUntil.iso8601 == "2027-01-01T00:00:00Z")
        #expect(both.legalHold == .on)
        #expect(try Self.headers([:]).isEmpty)
        #expect(try Self.headers([Self.hold: "OFF"]).isEmpty == false)
    }

    @Test(arguments: [
        (
            [mode: "GOVERNANCE"], date,
            "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied"
        ),
        (
            [date: "2027-01-01T00:00:00Z"], mode,
            "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied"
        ),
        ([mode: "governance", date: "2027-01-01T00:00:00Z"], mode, "Unknown wormMode directive."),
        ([mode: "GOVERNANCE", date: "2026-01-01T00:00:00Z"], date, "The retain until date must be in the future!"),
        (
            [mode: "GOVERNANCE", date: "2027-01-01"], date,
            "The retain until date must be provided in ISO 8601 format"
        ),
        ([hold: "on"], hold, "Legal Hold must be either of 'ON' or 'OFF'"),
    ])
    func `bad headers are refused`(headers: [String: String], argument: String, message: String) {
        let error = #expect(throws: S3Error.self) { try Self.headers(headers) }
        #expect(error?.code == "InvalidArgument")
        #expect(error?.message == message)
        #expect(error?.details.first == .init("ArgumentName", argument))
    }

    @Test(arguments: [("true", true), ("TRUE", true), ("false", false), ("", false)])
    func `governance is bypassed when the header says so`(value: String, bypasses: Bool) throws {
        let lookup = ConfigurationText.lookup(["x-amz-bypass-governance-retention": value])
        #expect(try ObjectLockHeaders.bypassesGovernance(isLocked: true, header: lookup) == bypasses)
        #expect(throws: S3Error.bypassWithoutObjectLock) {
            try ObjectLockHeaders.bypassesGovernance(isLocked: false, header: lookup)
        }
        #expect(try ObjectLockHeaders.bypassesGovernance(isLocked: false) { _ in nil } == false)
    }
}
