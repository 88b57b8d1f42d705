import NIOHTTP1
import ObjectStorage
import S3Protocol

/// The operations on what is set on a bucket: one line each.
enum BucketConfigurations {
    /// The handlers on these services.
    static func handlers(_ services: S3Services) -> [S3Operation: any S3OperationHandler] {
        var handlers = handlersOfSettings(services)
        for (operation, remove) in removals {
            handlers[operation] = DeleteConfiguration(services: services, remove: remove)
        }
        for operation in BucketProbe.operations { handlers[operation] = BucketProbe(services: services) }
        return handlers
    }

    private static func handlersOfSettings(_ services: S3Services) -> [S3Operation: any S3OperationHandler] {
        [
            .getBucketVersioning: GetBucketVersioning(services: services),
            .putBucketVersioning: PutBucketVersioning(services: services),
            .getBucketTagging: GetBucketTagging(services: services),
            .putBucketTagging: PutBucketTagging(services: services),
            .getBucketCors: GetBucketCORS(services: services),
            .putBucketCors: PutBucketCORS(services: services),
            .getBucketPolicy: GetBucketPolicy(services: services),
            .putBucketPolicy: PutBucketPolicy(services: services),
            .getBucketPolicyStatus: GetBucketPolicyStatus(services: services),
            .getPublicAccessBlock: GetPublicAccessBlock(services: services),
            .putPublicAccessBlock: PutPublicAccessBlock(services: services),
            .getBucketOwnershipControls: GetBucketOwnershipControls(services: services),
            .putBucketOwnershipControls: PutBucketOwnershipControls(services: services),
            .getBucketLifecycleConfiguration: GetBucketLifecycle(services: services),
            .putBucketLifecycleConfiguration: PutBucketLifecycle(services: services),
            .getBucketEncryption: GetBucketEncryption(services: services),
            .putBucketEncryption: PutBucketEncryption(services: services),
            .getObjectLockConfiguration: GetObjectLockConfiguration(services: services),
            .putObjectLockConfiguration: PutObjectLockConfiguration(services: services),
            .getBucketAcl: GetBucketACL(services: services),
            .putBucketAcl: PutBucketACL(services: services),
            .getObjectAcl: GetObjectACL(services: services),
            .putObjectAcl: PutObjectACL(services: services),
        ]
    }

    private static let removals: [S3Operation: @Sendable (inout BucketSettings) -> Void] = [
        .deleteBucketTagging: { $0.tags = nil },
        .deleteBucketCors: { $0.cors = nil },
        .deleteBucketPolicy: { $0.policy = nil },
        .deletePublicAccessBlock: { $0.publicAccessBlock = nil },
        .deleteBucketOwnershipControls: { settings in
            settings.ownership = nil
            settings.lacksOwnershipControls = true
        },
        .deleteBucketLifecycle: { $0.lifecycle = nil },
        .deleteBucketEncryption: { $0.encryption = nil },
    ]
}

/// `DELETE /B?…`: takes a setting away; an absent one is success.
struct DeleteConfiguration: S3OperationHandler {
    let services: S3Services
    let remove: @Sendable (inout BucketSettings) -> Void

    func respond(to request: S3Request) async throws -> Response {
        try await services.configure(request, remove)
        return Response(.noContent)
    }
}

extension S3Services {
    /// The bucket that a request names.
    func bucket(of request: S3Request) throws -> Bucket {
        try store.bucket(request.bucket)
    }

    /// Changes what is set on the bucket that a request names; whatever `change` throws changes nothing.
    func configure(
        _ request: S3Request,
        _ change: @escaping @Sendable (inout BucketSettings) throws -> Void
    ) async throws {
        _ = try await store.updateBucket(request.bucket, change)
    }
}

extension S3Request {
    /// The document of an operation that sets something on a bucket or object.
    func configuration() async throws -> [UInt8] {
        try await document(upTo: XMLLimits.standard.bytes)
    }
}
