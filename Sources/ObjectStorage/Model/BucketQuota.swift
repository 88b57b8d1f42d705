import S3Protocol

/// How much a bucket may hold; what is nil is not limited.
package struct BucketQuota: Sendable, Equatable, Codable {
    /// The most bytes of all objects together.
    package var bytes: Int64?
    /// The most objects.
    package var objects: Int64?

    /// A quota of these limits.
    package init(bytes: Int64? = nil, objects: Int64? = nil) {
        self.bytes = bytes
        self.objects = objects
    }

    /// What a refused client and the log are told.
    func description(of bucket: BucketName, _ usage: BucketUsage) -> String {
        let limits = [bytes.map { "\($0) bytes" }, objects.map { "\($0) objects" }].compactMap(\.self)
        return "the bucket \(bucket) may hold \(limits.joined(separator: " and ")) and holds \(usage.bytes) bytes in "
            + "\(usage.objects) objects; delete some, or raise the quota with `larder bucket set`"
    }
}

/// How much a bucket holds.
package struct BucketUsage: Sendable, Equatable {
    /// Bytes of all objects together.
    package var bytes: Int64
    /// Number of objects.
    package var objects: Int64

    /// A usage of these numbers.
    package init(bytes: Int64 = 0, objects: Int64 = 0) {
        self.bytes = bytes
        self.objects = objects
    }

    /// Both usages together.
    package static func + (left: BucketUsage, right: BucketUsage) -> BucketUsage {
        BucketUsage(bytes: left.bytes + right.bytes, objects: left.objects + right.objects)
    }

    /// What is left of the first without the second.
    package static func - (left: BucketUsage, right: BucketUsage) -> BucketUsage {
        BucketUsage(bytes: left.bytes - right.bytes, objects: left.objects - right.objects)
    }
}
