package import S3Protocol

/// What can be set on a bucket; each operation adds its field here.
package struct BucketSettings: Sendable, Equatable, Codable {
    /// The region that GetBucketLocation answers; nil for the server's own.
    package var region: String?
    /// Origins that browsers may come from, as `cors.allowed_origins` gave them when the bucket was made at start; what
    /// PutBucketCors sets counts instead.
    package var allowedOrigins: [String]?
    /// Whether success of a change in it waits for the disk; nil for the server's own choice.
    package var durability: Durability?
    /// How much it may hold; nil for as much as there is room.
    package var quota: BucketQuota?

    /// Whether it keeps versions; nil when that was never set.
    package var versioning: BucketVersioning?
    /// Locks of versions; nil when they are not enabled.
    package var objectLock: ObjectLockConfiguration?
    /// Tags of the bucket; nil for none.
    package var tags: [ObjectAttributes.Tag]?
    /// Cross-origin rules.
    package var cors: CORSConfiguration?
    /// The bucket policy's text, as it was put.
    package var policy: String?
    /// What of public access is blocked; nil for nothing.
    package var publicAccessBlock: PublicAccessBlock?
    /// Who owns objects, and whether access control lists count; nil for the server's own choice.
    package var ownership: ObjectOwnership?
    /// Whether the ownership controls were taken away, so that a read finds none; nil for no.
    package var lacksOwnershipControls: Bool?
    /// The access control list; nil for that of a private bucket.
    package var accessControl: AccessControlList?
    /// The encryption that was asked for; nil for the default.
    package var encryption: BucketEncryption?
    /// When objects, versions and uploads end by themselves.
    package var lifecycle: LifecycleConfiguration?

    /// Settings of a new bucket.
    package init(region: String? = nil, allowedOrigins: [String]? = nil) {
        self.region = region
        self.allowedOrigins = allowedOrigins
    }
}
