import S3Protocol

/// The operations that are served: one line each.
///
/// An operation of the protocol's table without a line here is answered
/// with NotImplemented.
package struct S3Operations: Sendable {
    private let handlers: [S3Operation: any S3OperationHandler]
    private let configurations: [S3Operation: any S3OperationHandler]

    /// All operations on these services.
    package init(_ services: S3Services) {
        configurations = BucketConfigurations.handlers(services)
        handlers = [
            .listBuckets: ListBuckets(services: services),
            .createBucket: CreateBucket(services: services),
            .headBucket: HeadBucket(services: services),
            .deleteBucket: DeleteBucket(services: services),
            .getBucketLocation: GetBucketLocation(services: services),
            .listObjects: ListObjects(services: services),
            .listObjectsV2: ListObjects(services: services),
            .postObject: PostObject(services: services),
            .putObject: PutObject(services: services),
            .getObject: GetObject(services: services),
            .headObject: HeadObject(services: services),
            .deleteObject: DeleteObject(services: services),
            .deleteObjects: DeleteObjects(services: services),
            .copyObject: CopyObject(services: services),
            .renameObject: RenameObject(services: services),
            .getObjectAttributes: GetObjectAttributes(services: services),
            .getObjectTagging: GetObjectTagging(services: services),
            .putObjectTagging: PutObjectTagging(services: services),
            .deleteObjectTagging: DeleteObjectTagging(services: services),
            .getObjectRetention: GetObjectRetention(services: services),
            .putObjectRetention: PutObjectRetention(services: services),
            .getObjectLegalHold: GetObjectLegalHold(services: services),
            .putObjectLegalHold: PutObjectLegalHold(services: services),
            .listObjectVersions: ListObjectVersions(services: services),
            .createMultipartUpload: CreateMultipartUpload(services: services),
            .uploadPart: UploadPart(services: services),
            .uploadPartCopy: UploadPartCopy(services: services),
            .completeMultipartUpload: CompleteMultipartUpload(services: services),
            .abortMultipartUpload: AbortMultipartUpload(services: services),
            .listParts: ListParts(services: services),
            .listMultipartUploads: ListMultipartUploads(services: services),
        ]
    }

    /// The handler of an operation.
    ///
    /// - Throws: `NotImplemented`.
    func handler(of operation: S3Operation) throws(S3Error) -> any S3OperationHandler {
        guard let handler = handlers[operation] ?? configurations[operation] else { throw .notImplemented(operation) }
        return handler
    }
}
