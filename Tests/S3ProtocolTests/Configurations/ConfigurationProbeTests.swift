import Testing

@testable import S3Protocol

@Suite struct ConfigurationProbeTests {
    @Test(
        arguments: [
            (.accelerate, "AccelerateConfiguration", ""),
            (.logging, "BucketLoggingStatus", ""),
            (.requestPayment, "RequestPaymentConfiguration", "<Payer>BucketOwner</Payer>"),
            (.notification, "NotificationConfiguration", ""),
            (.analytics, "ListBucketAnalyticsConfigurationResult", "<IsTruncated>false</IsTruncated>"),
            (.inventory, "ListInventoryConfigurationsResult", "<IsTruncated>false</IsTruncated>"),
            (.metrics, "ListMetricsConfigurationsResult", "<IsTruncated>false</IsTruncated>"),
            (
                .intelligentTiering, "ListBucketIntelligentTieringConfigurationsOutput",
                "<IsTruncated>false</IsTruncated>"
            ),
        ] as [(ConfigurationProbe, String, String)]
    )
    func `a read finds the feature switched off`(probe: ConfigurationProbe, root: String, content: String) throws {
        #expect(ConfigurationText.text(try probe.document()) == ConfigurationText.answer(root, content))
    }

    @Test(
        arguments: [
            (.accelerate, "<AccelerateConfiguration><Status>Suspended</Status></AccelerateConfiguration>"),
            (.logging, "<BucketLoggingStatus/>"),
            (.requestPayment, "<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>"),
            (.notification, "<NotificationConfiguration/>"),
        ] as [(ConfigurationProbe, String)]
    )
    func `a write that changes nothing is taken`(probe: ConfigurationProbe, body: String) throws {
        try probe.accept(Array(body.utf8), bucket: BucketName("bucket"))
    }

    @Test(
        arguments: [
            (
                .accelerate, "<AccelerateConfiguration><Status>Enabled</Status></AccelerateConfiguration>",
                "NotImplemented"
            ),
            (
                .accelerate, "<AccelerateConfiguration><Status>enabled</Status></AccelerateConfiguration>",
                "MalformedXML"
            ),
            (.accelerate, "<AccelerateConfiguration/>", "MalformedXML"),
            (
                .logging,
                "<BucketLoggingStatus><LoggingEnabled><TargetBucket>b</TargetBucket></LoggingEnabled></BucketLoggingStatus>",
                "NotImplemented"
            ),
            (.logging, "<Other/>", "MalformedXML"),
            (.logging, "", "MissingRequestBodyError"),
            (
                .requestPayment, "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>",
                "NotImplemented"
            ),
            (.requestPayment, "<RequestPaymentConfiguration/>", "MalformedXML"),
            (
                .notification, "<NotificationConfiguration><EventBridgeConfiguration/></NotificationConfiguration>",
                "NotImplemented"
            ),
            (.analytics, "<AnalyticsConfiguration/>", "NotImplemented"),
            (.metrics, "<MetricsConfiguration/>", "NotImplemented"),
        ] as [(ConfigurationProbe, String, String)]
    )
    func `a write that asks for more is refused`(probe: ConfigurationProbe, body: String, code: String) throws {
        let bucket = try BucketName("bucket")
        let error = #expect(throws: S3Error.self) { try probe.accept(Array(body.utf8), bucket: bucket) }
        #expect(error?.code.rawValue == code)
        if code == "NotImplemented" { #expect(error?.reason != nil) }
    }

    @Test func `a bucket with a full stop in its name cannot be accelerated`() {
        #expect(throws: S3Error.accelerateWithPeriods) {
            try ConfigurationProbe.accelerate.accept(
                Array("<AccelerateConfiguration><Status>Suspended</Status></AccelerateConfiguration>".utf8),
                bucket: BucketName("a.bucket")
            )
        }
    }

    @Test func `every probe is read and written by one operation`() {
        let read = S3Operation.allCases.compactMap(ConfigurationProbe.init(reading:))
        let written = S3Operation.allCases.compactMap(ConfigurationProbe.init(writing:))
        #expect(Set(read) == Set(ConfigurationProbe.allCases))
        #expect(Set(written) == Set(ConfigurationProbe.allCases))
        #expect(read.count == written.count)
        #expect(read.count == ConfigurationProbe.allCases.count)
    }

    @Test func `what no bucket has is absent`() {
        #expect(ConfigurationProbe.absence(for: .getBucketWebsite) == .website)
        #expect(ConfigurationProbe.absence(for: .getBucketReplication) == .replication)
        #expect(ConfigurationProbe.absence(for: .deleteBucketMetricsConfiguration) == .named)
        #expect(ConfigurationProbe.absence(for: .deleteBucketWebsite) == nil)
        #expect(ConfigurationProbe.absence(for: .getBucketCors) == nil)
    }

    @Test func `a moment is kept as its nanoseconds`() throws {
        let moment = Timestamp(nanoseconds: -1)
        #expect(try ConfigurationText.settings([moment]) == "[-1]")
        #expect(try ConfigurationText.kept(moment) == moment)
    }
}
