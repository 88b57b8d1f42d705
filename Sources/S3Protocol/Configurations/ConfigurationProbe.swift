/// Features that are not done, but that clients look at before they do anything: a read finds them switched off, and a
/// write that switches them off is taken.
package enum ConfigurationProbe: String, CaseIterable, Sendable {
    /// Transfer acceleration.
    case accelerate = "AccelerateConfiguration"
    /// Access logs in a bucket.
    case logging = "BucketLoggingStatus"
    /// Who pays.
    case requestPayment = "RequestPaymentConfiguration"
    /// Event notifications.
    case notification = "NotificationConfiguration"
    /// The list of analytics.
    case analytics = "ListBucketAnalyticsConfigurationResult"
    /// The list of inventories.
    case inventory = "ListInventoryConfigurationsResult"
    /// The list of metrics.
    case metrics = "ListMetricsConfigurationsResult"
    /// The list of intelligent tiering.
    case intelligentTiering = "ListBucketIntelligentTieringConfigurationsOutput"

    /// The document of a bucket that does not use the feature; `rawValue` is its root.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: rawValue) { xml in
            switch self {
            case .accelerate, .logging, .notification: break
            case .requestPayment: xml.text("Payer", "BucketOwner")
            case .analytics, .inventory, .metrics, .intelligentTiering: xml.text("IsTruncated", "false")
            }
        }
    }

    /// Takes a document that changes nothing.
    ///
    /// - Throws: `NotImplemented` when it asks for the feature, `MalformedXML`, `InvalidRequest` for the acceleration of
    ///   a bucket with a full stop in its name.
    package func accept(_ body: [UInt8], bucket: BucketName) throws(S3Error) {
        switch self {
        case .accelerate: try Self.acceptAccelerate(body, bucket: bucket)
        case .logging:
            let root = try XMLNode.configuration(body, root: rawValue)
            guard root["LoggingEnabled"] == nil else {
                throw .notImplemented(because: "access logs are not written into buckets")
            }
        case .requestPayment: try Self.acceptRequestPayment(body)
        case .notification:
            let root = try XMLNode.configuration(body, root: rawValue)
            guard root.children.isEmpty else { throw .notImplemented(because: "buckets send no notifications") }
        case .analytics, .inventory, .metrics, .intelligentTiering:
            throw .notImplemented(because: "\(self) configurations are not done")
        }
    }

    private static func acceptAccelerate(_ body: [UInt8], bucket: BucketName) throws(S3Error) {
        let root = try XMLNode.configuration(body, root: ConfigurationProbe.accelerate.rawValue)
        guard !bucket.string.utf8.contains(UInt8(ascii: ".")) else { throw .accelerateWithPeriods }
        switch try root.only("Status")?.word {
        case "Suspended": return
        case "Enabled": throw .notImplemented(because: "there is no transfer acceleration")
        case let other: throw .malformedXML("Status is \(other ?? "missing")")
        }
    }

    private static func acceptRequestPayment(_ body: [UInt8]) throws(S3Error) {
        let root = try XMLNode.configuration(body, root: ConfigurationProbe.requestPayment.rawValue)
        switch try root.only("Payer")?.word {
        case "BucketOwner": return
        case "Requester": throw .notImplemented(because: "requesters do not pay here")
        case let other: throw .malformedXML("Payer is \(other ?? "missing")")
        }
    }
}

/// The operations behind the probes.
extension ConfigurationProbe {
    /// The probe that a read of this operation looks at, or nil.
    package init?(reading operation: S3Operation) {
        switch operation {
        case .getBucketAccelerateConfiguration: self = .accelerate
        case .getBucketLogging: self = .logging
        case .getBucketRequestPayment: self = .requestPayment
        case .getBucketNotificationConfiguration: self = .notification
        case .listBucketAnalyticsConfigurations: self = .analytics
        case .listBucketInventoryConfigurations: self = .inventory
        case .listBucketMetricsConfigurations: self = .metrics
        case .listBucketIntelligentTieringConfigurations: self = .intelligentTiering
        default: return nil
        }
    }

    /// The probe that a write of this operation would change, or nil.
    package init?(writing operation: S3Operation) {
        switch operation {
        case .putBucketAccelerateConfiguration: self = .accelerate
        case .putBucketLogging: self = .logging
        case .putBucketRequestPayment: self = .requestPayment
        case .putBucketNotificationConfiguration: self = .notification
        case .putBucketAnalyticsConfiguration: self = .analytics
        case .putBucketInventoryConfiguration: self = .inventory
        case .putBucketMetricsConfiguration: self = .metrics
        case .putBucketIntelligentTieringConfiguration: self = .intelligentTiering
        default: return nil
        }
    }

    /// What is absent for an operation that reads or deletes something which no bucket has, or nil.
    package static func absence(for operation: S3Operation) -> S3Error.AbsentConfiguration? {
        switch operation {
        case .getBucketWebsite: .website
        case .getBucketReplication: .replication
        case .getBucketAnalyticsConfiguration, .deleteBucketAnalyticsConfiguration,
            .getBucketInventoryConfiguration, .deleteBucketInventoryConfiguration,
            .getBucketMetricsConfiguration, .deleteBucketMetricsConfiguration,
            .getBucketIntelligentTieringConfiguration, .deleteBucketIntelligentTieringConfiguration:
            .named
        default: nil
        }
    }
}
