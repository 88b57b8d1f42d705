import Testing

@testable import S3Protocol

@Suite struct LifecycleDocumentTests {
    static func parse(_ rules: String) throws -> LifecycleConfiguration {
        try LifecycleConfiguration(document: Array("<LifecycleConfiguration>\(rules)</LifecycleConfiguration>".utf8))
    }

    static func rule(_ content: String, filter: String = "<Filter/>", id: String = "r") -> String {
        "<Rule><ID>\(id)</ID>\(filter)<Status>Enabled</Status>\(content)</Rule>"
    }

    static let days = "<Expiration><Days>1</Days></Expiration>"
    static let abort =
        "<AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload>"
    static let marker = "<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>"
    static let tag = "<Tag><Key>k</Key><Value>v</Value></Tag>"
    static let greater = "<ObjectSizeGreaterThan>500</ObjectSizeGreaterThan>"
    static let less = "<ObjectSizeLessThan>501</ObjectSizeLessThan>"

    @Test(arguments: [
        rule(days),
        rule(days, filter: "<Prefix>a/</Prefix>"),
        rule(days, filter: "<Prefix/>"),
        rule(days, filter: "<Filter><Prefix>a b</Prefix></Filter>"),
        rule(days, filter: "<Filter>\(tag)</Filter>"),
        rule(days, filter: "<Filter>\(greater)</Filter>"),
        rule(days, filter: "<Filter>\(less)</Filter>"),
        rule(
            days,
            filter:
                "<Filter><And><Prefix>a</Prefix>\(tag)\(greater)<ObjectSizeLessThan>900</ObjectSizeLessThan></And></Filter>"
        ),
        rule("<Expiration><Date>2026-12-23T00:00:00.000Z</Date></Expiration>"),
        rule(marker),
        rule("<Expiration><ExpiredObjectDeleteMarker>false</ExpiredObjectDeleteMarker></Expiration>"),
        rule(
            "<NoncurrentVersionExpiration><NoncurrentDays>3</NoncurrentDays>"
                + "<NewerNoncurrentVersions>2</NewerNoncurrentVersions></NoncurrentVersionExpiration>"
        ),
        rule(
            "<NoncurrentVersionExpiration><NewerNoncurrentVersions>2</NewerNoncurrentVersions></NoncurrentVersionExpiration>"
        ),
        rule(abort),
        rule(
            "<Transition><Days>0</Days><StorageClass>GLACIER</StorageClass></Transition>"
                + "<Transition><Date>2026-12-23T00:00:00.000Z</Date><StorageClass>DEEP_ARCHIVE</StorageClass></Transition>"
                + "<NoncurrentVersionTransition><NoncurrentDays>0</NoncurrentDays>"
                + "<StorageClass>STANDARD_IA</StorageClass></NoncurrentVersionTransition>" + days
        ),
        "<Rule><ID>r</ID><Filter/><Status>Disabled</Status>\(days)</Rule>",
    ])
    func `a document is read, kept and written again`(content: String) throws {
        let configuration = try Self.parse(content)
        #expect(
            ConfigurationText.text(try configuration.document())
                == ConfigurationText.answer("LifecycleConfiguration", content)
        )
        #expect(try ConfigurationText.kept(configuration) == configuration)
    }

    @Test func `settings are short, and what is missing is the default`() throws {
        let configuration = try Self.parse(Self.rule(Self.days))
        let settings = try ConfigurationText.settings(configuration)
        let rule = #"{"expiration":{"days":1},"filter":{"form":"single"},"id":"r","isEnabled":true}"#
        #expect(settings == #"{"minimumSize":"all_storage_classes_128K","rules":[\#(rule)]}"#)
        let read = try ConfigurationText.decode(LifecycleConfiguration.self, #"{"rules":[\#(rule)]}"#)
        #expect(read == configuration)
    }

    @Test func `rules without an id get one that is free`() throws {
        let unnamed = "<Rule><Filter/><Status>Enabled</Status>\(Self.days)</Rule>"
        let configuration = try Self.parse(Self.rule(Self.days, id: "rule-2") + unnamed + unnamed)
        #expect(configuration.rules.map(\.id) == ["rule-2", "rule-1002", "rule-3"])
        #expect(try Self.parse(unnamed).rules.map(\.id) == ["rule-1"])
    }

    @Test func `there are a thousand rules at most, and one at least`() throws {
        let unnamed = "<Rule><Filter/><Status>Enabled</Status>\(Self.days)</Rule>"
        #expect(try Self.parse(String(repeating: unnamed, count: 1_000)).rules.count == 1_000)
        for rules in ["", String(repeating: unnamed, count: 1_001)] {
            #expect(throws: S3Error.self) { try Self.parse(rules) }
        }
    }

    @Test func `ids have 255 characters at most and are unique`() throws {
        _ = try Self.parse(Self.rule(Self.days, id: String(repeating: "i", count: 255)))
        let long = #expect(throws: S3Error.self) {
            try Self.parse(Self.rule(Self.days, id: String(repeating: "i", count: 256)))
        }
        #expect(long?.message == "ID length should not exceed allowed limit of 255")
        let same = #expect(throws: S3Error.self) { try Self.parse(Self.rule(Self.days) + Self.rule(Self.days)) }
        #expect(same?.message == "Rule ID must be unique. Found same ID for more than one rule")
    }

    @Test(arguments: [
        "<Rule><Filter/>\(days)</Rule>",
        "<Rule><Filter/><Status>enabled</Status>\(days)</Rule>",
        rule(days, filter: ""),
        rule(days, filter: "<Prefix>a</Prefix><Filter/>"),
        rule(days, filter: "<Filter><Prefix>a</Prefix>\(tag)</Filter>"),
        rule(days, filter: "<Filter><And/></Filter>"),
        rule(days, filter: "<Filter><Unknown/></Filter>"),
        rule(days, filter: "<Filter><And><Prefix>a</Prefix><Unknown/></And></Filter>"),
        rule(days, filter: "<Filter><Tag><Key>k</Key></Tag></Filter>"),
        rule(days, filter: "<Filter><ObjectSizeLessThan>-1</ObjectSizeLessThan></Filter>"),
        rule("<Expiration/>"),
        rule("<Expiration><Days>1</Days><Date>2026-12-23T00:00:00Z</Date></Expiration>"),
        rule("<Expiration><Days>1</Days><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>"),
        rule(
            "<Expiration><Date>2026-12-23T00:00:00Z</Date><ExpiredObjectDeleteMarker>false"
                + "</ExpiredObjectDeleteMarker></Expiration>"
        ),
        rule("<Expiration><Days>one</Days></Expiration>"),
        rule("<Expiration><Days>2147483648</Days></Expiration>"),
        rule("<Expiration><Date>soon</Date></Expiration>"),
        rule("<NoncurrentVersionExpiration/>"),
        rule("<AbortIncompleteMultipartUpload/>"),
        rule("<Transition><StorageClass>GLACIER</StorageClass></Transition>"),
        rule("<Transition><Days>1</Days></Transition>"),
        rule("<Transition><Days>1</Days><StorageClass>COLD</StorageClass></Transition>"),
        rule(days + days),
    ])
    func `what is no rule is malformed`(rules: String) {
        let error = #expect(throws: S3Error.self) { try Self.parse(rules) }
        #expect(error?.code == "MalformedXML")
    }

    @Test(arguments: [
        (
            rule("<Expiration><Days>0</Days></Expiration>"),
            "'Days' for Expiration action must be a positive integer", "Days"
        ),
        (
            rule("<Expiration><Date>2026-12-23T00:00:01Z</Date></Expiration>"),
            "'Date' must be at midnight GMT", "Date"
        ),
        (
            rule("<NoncurrentVersionExpiration><NoncurrentDays>0</NoncurrentDays></NoncurrentVersionExpiration>"),
            "'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer", "NoncurrentDays"
        ),
        (
            rule("<Transition><Days>-1</Days><StorageClass>GLACIER</StorageClass></Transition>"),
            "'Days' for Transition action must be a nonnegative integer", "Days"
        ),
        (
            rule(abort.replacing("7", with: "0")),
            "'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer",
            "DaysAfterInitiation"
        ),
    ])
    func `a number or date out of range is refused`(rules: String, message: String, argument: String) {
        let error = #expect(throws: S3Error.self) { try Self.parse(rules) }
        #expect(error?.code == "InvalidArgument")
        #expect(error?.message == message)
        #expect(error?.details.first == .init("ArgumentName", argument))
    }

    @Test(arguments: [
        (rule(""), "At least one action needs to be specified in a rule"),
        (rule(days, filter: "<Filter><And>\(tag)\(tag)</And></Filter>"), "Duplicate Tag Keys are not allowed."),
        (
            rule(days, filter: "<Filter><And>\(greater)<ObjectSizeLessThan>500</ObjectSizeLessThan></And></Filter>"),
            "'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'."
        ),
        (
            rule(abort, filter: "<Filter>\(tag)</Filter>"),
            "AbortIncompleteMultipartUpload cannot be specified with Tags."
        ),
        (
            rule(abort, filter: "<Filter>\(less)</Filter>"),
            "AbortIncompleteMultipartUpload cannot be specified with Object Size."
        ),
        (rule(marker, filter: "<Filter>\(tag)</Filter>"), "ExpiredObjectDeleteMarker cannot be specified with Tags."),
    ])
    func `what does not go together is refused`(rules: String, message: String) {
        let error = #expect(throws: S3Error.self) { try Self.parse(rules) }
        #expect(error?.code == "InvalidRequest")
        #expect(error?.message == message)
    }

    @Test func `a date alone and a date with a zone are midnights`() throws {
        for date in ["2026-12-23", "2026-12-23T02:00:00+02:00"] {
            let rule = try Self.parse(Self.rule("<Expiration><Date>\(date)</Date></Expiration>")).rules[0]
            #expect(rule.expiration == .at(.date(Timestamp(iso8601: "2026-12-23T00:00:00Z")!)))
        }
    }

    @Test func `the smallest size for transitions is one of two texts`() throws {
        #expect(try TransitionMinimumSize(header: nil) == .all128K)
        #expect(try TransitionMinimumSize(header: "varies_by_storage_class") == .varies)
        let error = #expect(throws: S3Error.self) { try TransitionMinimumSize(header: "value") }
        #expect(error?.message == "Invalid TransitionDefaultMinimumObjectSize found: value")
    }
}
