import Attachments
import Imaging
import S3Protocol
import Testing

private let avatars = try! BucketName("avatars")

private func style(_ name: String) throws -> StyleSpec {
    try StyleSpec(name: name, width: 10, height: 10)
}

@Suite struct StyleRuleTests {
    private func configuration(_ rules: [StyleRule]) -> AttachmentsConfiguration {
        var configuration = AttachmentsConfiguration(buckets: [uploads, avatars])
        configuration.styleRules = rules
        return configuration
    }

    @Test(arguments: [
        ("uploads", "async_uploads/x/a.png", ["thumb", "medium"]), ("avatars", "a.png", ["bucket"]),
        ("avatars", "async_uploads/x/a.png", ["prefix"]), ("avatars", "async_uploads/team/a.png", ["longest"]),
        ("avatars", "async_uploads/tea", ["prefix"]), ("avatars", "async_uploads", ["bucket"]),
        ("avatars", "none/a.png", []), ("other", "async_uploads/team/a.png", ["thumb", "medium"]),
    ])
    func `the rule with the longest prefix in the bucket decides`(
        bucket: String,
        key: String,
        expected: [String]
    ) throws {
        let rules = [
            StyleRule(bucket: avatars, prefix: "async_uploads/", styles: [try style("prefix")]),
            StyleRule(bucket: avatars, styles: [try style("bucket")]),
            StyleRule(bucket: avatars, prefix: "none/", styles: []),
            StyleRule(bucket: avatars, prefix: "async_uploads/team/", styles: [try style("longest")]),
        ]
        for order in [rules, rules.reversed()] {
            let styles = configuration(order).styles(of: try ObjectKey(key), in: try BucketName(bucket))
            #expect(styles.map(\.name) == expected)
        }
    }

    @Test func `prefixes are bytes: what Unicode holds for equal is another place`() throws {
        let rules = [
            StyleRule(bucket: avatars, prefix: "caf\u{E9}/", styles: [try style("composed")]),
            StyleRule(bucket: avatars, prefix: "cafe\u{301}/", styles: [try style("decomposed")]),
        ]
        let configuration = configuration(rules)
        try configuration.validate()
        #expect(configuration.styles(of: try ObjectKey("cafe\u{301}/a"), in: avatars).map(\.name) == ["decomposed"])
        #expect(configuration.styles(of: try ObjectKey("caf\u{E9}/a"), in: avatars).map(\.name) == ["composed"])
    }

    @Test func `rules that can be are taken`() throws {
        try configuration([
            StyleRule(bucket: avatars, styles: []), StyleRule(bucket: uploads, styles: [try style("a")]),
            StyleRule(bucket: avatars, prefix: String(repeating: "p", count: 1024), styles: [try style("a")]),
        ]).validate()
    }

    @Test func `rules that cannot be are refused with their place`() throws {
        let many = try (0...RenderJob.maximumStyles).map { try style("s\($0)") }
        let refused: [([StyleRule], String)] = [
            ([StyleRule(bucket: try BucketName("other"), styles: [])], "add the bucket to attachments.buckets"),
            ([StyleRule(bucket: avatars, styles: []), StyleRule(bucket: avatars, styles: [])], "is there twice"),
            ([StyleRule(bucket: avatars, prefix: String(repeating: "p", count: 1025), styles: [])], "at most 1024"),
            ([StyleRule(bucket: avatars, prefix: "p/", styles: [.thumb, .thumb])], "'p/': two styles share a name"),
            ([StyleRule(bucket: avatars, styles: many)], "at most 32 styles"),
        ]
        for (rules, expected) in refused {
            let error = #expect(throws: AttachmentsError.self) { try configuration(rules).validate() }
            #expect(error?.message.contains(expected) == true, "\(String(describing: error))")
        }
    }

    @Test func `an attachment gets the styles of its place, in their order`() async throws {
        var fixture = try Fixture()
        let styles = [try style("zoom"), try style("card")]
        fixture.configuration.styleRules = [StyleRule(bucket: uploads, prefix: "async_uploads/", styles: styles)]
        let attachment = try await fixture.attach()
        #expect(try await fixture.queue.runNext())
        let done = try await fixture.service.get(attachment.id, client: fixture.client)
        let document = try fixture.presenter.document(done, addresses: fixture.addresses)
        #expect(done.state == .done && document.styleURLs.map(\.name) == ["zoom", "card"])
    }

    @Test func `where a rule has no styles an attachment is done at once`() async throws {
        var fixture = try Fixture()
        fixture.configuration.styleRules = [StyleRule(bucket: uploads, styles: [])]
        #expect(try await fixture.attach().state == .done)
        #expect(try await fixture.store.jobCounts().isEmpty)
    }
}
