extension S3Operation {
    /// One line of the table: which requests are the operation, and what a policy calls it.
    package struct Row: Sendable {
        /// What a request must have beside method, scope and sub-resource.
        package enum Requirement: Equatable, Sendable {
            /// A query parameter of this name.
            case query(String)
            /// A query parameter of this name and value.
            case value(String, String)
            /// A header of this name.
            case header(String)
        }

        /// The operation.
        package let operation: S3Operation
        /// The method.
        package let method: String
        /// What the request must name.
        package let scope: Address.Scope
        /// The query name that tells the operation from others of its method.
        package let subResource: String?
        /// What else the request must have.
        package let requirement: Requirement?
        /// The action that a policy must allow, before what headers and versions add to it.
        package let action: String

        init(
            _ operation: S3Operation,
            _ method: String,
            _ scope: Address.Scope,
            _ subResource: String? = nil,
            _ requirement: Requirement? = nil,
            action: String
        ) {
            self.operation = operation
            self.method = method
            self.scope = scope
            self.subResource = subResource
            self.requirement = requirement
            self.action = action
        }
    }

    /// Every operation once; of several rows that fit a request the first counts.
    package static let table: [Row] = [
        Row(
            .listDirectoryBuckets,
            "GET",
            .service,
            nil,
            .query("max-directory-buckets"),
            action: "s3:ListAllMyDirectoryBuckets"
        ),
        Row(.listBuckets, "GET", .service, action: "s3:ListAllMyBuckets"),
        Row(
            .writeGetObjectResponse,
            "POST",
            .service,
            nil,
            .header("x-amz-request-route"),
            action: "s3:WriteGetObjectResponse"
        ),
        Row(.headBucket, "HEAD", .bucket, action: "s3:ListBucket"),
        Row(.createBucket, "PUT", .bucket, action: "s3:CreateBucket"),
        Row(.deleteBucket, "DELETE", .bucket, action: "s3:DeleteBucket"),
        Row(.listObjectsV2, "GET", .bucket, nil, .value("list-type", "2"), action: "s3:ListBucket"),
        Row(.listObjects, "GET", .bucket, action: "s3:ListBucket"),
        Row(.postObject, "POST", .bucket, action: "s3:PutObject"),
        Row(.deleteObjects, "POST", .bucket, "delete", action: "s3:DeleteObject"),
        Row(.getBucketLocation, "GET", .bucket, "location", action: "s3:GetBucketLocation"),
        Row(.listMultipartUploads, "GET", .bucket, "uploads", action: "s3:ListBucketMultipartUploads"),
        Row(.listObjectVersions, "GET", .bucket, "versions", action: "s3:ListBucketVersions"),
        Row(.createSession, "GET", .bucket, "session", action: "s3:CreateSession"),
        Row(.getBucketVersioning, "GET", .bucket, "versioning", action: "s3:GetBucketVersioning"),
        Row(.putBucketVersioning, "PUT", .bucket, "versioning", action: "s3:PutBucketVersioning"),
        Row(.getBucketAcl, "GET", .bucket, "acl", action: "s3:GetBucketAcl"),
        Row(.putBucketAcl, "PUT", .bucket, "acl", action: "s3:PutBucketAcl"),
        Row(.getBucketPolicyStatus, "GET", .bucket, "policyStatus", action: "s3:GetBucketPolicyStatus"),
        Row(.getBucketPolicy, "GET", .bucket, "policy", action: "s3:GetBucketPolicy"),
        Row(.putBucketPolicy, "PUT", .bucket, "policy", action: "s3:PutBucketPolicy"),
        Row(.deleteBucketPolicy, "DELETE", .bucket, "policy", action: "s3:DeleteBucketPolicy"),
        Row(.getBucketTagging, "GET", .bucket, "tagging", action: "s3:GetBucketTagging"),
        Row(.putBucketTagging, "PUT", .bucket, "tagging", action: "s3:PutBucketTagging"),
        Row(.deleteBucketTagging, "DELETE", .bucket, "tagging", action: "s3:PutBucketTagging"),
        Row(.getBucketCors, "GET", .bucket, "cors", action: "s3:GetBucketCORS"),
        Row(.putBucketCors, "PUT", .bucket, "cors", action: "s3:PutBucketCORS"),
        Row(.deleteBucketCors, "DELETE", .bucket, "cors", action: "s3:PutBucketCORS"),
        Row(.getBucketLifecycleConfiguration, "GET", .bucket, "lifecycle", action: "s3:GetLifecycleConfiguration"),
        Row(.putBucketLifecycleConfiguration, "PUT", .bucket, "lifecycle", action: "s3:PutLifecycleConfiguration"),
        Row(.deleteBucketLifecycle, "DELETE", .bucket, "lifecycle", action: "s3:PutLifecycleConfiguration"),
        Row(.getBucketEncryption, "GET", .bucket, "encryption", action: "s3:GetEncryptionConfiguration"),
        Row(.putBucketEncryption, "PUT", .bucket, "encryption", action: "s3:PutEncryptionConfiguration"),
        Row(.deleteBucketEncryption, "DELETE", .bucket, "encryption", action: "s3:PutEncryptionConfiguration"),
        Row(.getBucketNotificationConfiguration, "GET", .bucket, "notification", action: "s3:GetBucketNotification"),
        Row(.putBucketNotificationConfiguration, "PUT", .bucket, "notification", action: "s3:PutBucketNotification"),
        Row(.getBucketWebsite, "GET", .bucket, "website", action: "s3:GetBucketWebsite"),
        Row(.putBucketWebsite, "PUT", .bucket, "website", action: "s3:PutBucketWebsite"),
        Row(.deleteBucketWebsite, "DELETE", .bucket, "website", action: "s3:DeleteBucketWebsite"),
        Row(.getBucketLogging, "GET", .bucket, "logging", action: "s3:GetBucketLogging"),
        Row(.putBucketLogging, "PUT", .bucket, "logging", action: "s3:PutBucketLogging"),
        Row(.getBucketReplication, "GET", .bucket, "replication", action: "s3:GetReplicationConfiguration"),
        Row(.putBucketReplication, "PUT", .bucket, "replication", action: "s3:PutReplicationConfiguration"),
        Row(.deleteBucketReplication, "DELETE", .bucket, "replication", action: "s3:PutReplicationConfiguration"),
        Row(.getBucketRequestPayment, "GET", .bucket, "requestPayment", action: "s3:GetBucketRequestPayment"),
        Row(.putBucketRequestPayment, "PUT", .bucket, "requestPayment", action: "s3:PutBucketRequestPayment"),
        Row(.getBucketAccelerateConfiguration, "GET", .bucket, "accelerate", action: "s3:GetAccelerateConfiguration"),
        Row(.putBucketAccelerateConfiguration, "PUT", .bucket, "accelerate", action: "s3:PutAccelerateConfiguration"),
        Row(.getPublicAccessBlock, "GET", .bucket, "publicAccessBlock", action: "s3:GetBucketPublicAccessBlock"),
        Row(.putPublicAccessBlock, "PUT", .bucket, "publicAccessBlock", action: "s3:PutBucketPublicAccessBlock"),
        Row(.deletePublicAccessBlock, "DELETE", .bucket, "publicAccessBlock", action: "s3:PutBucketPublicAccessBlock"),
        Row(.getBucketOwnershipControls, "GET", .bucket, "ownershipControls", action: "s3:GetBucketOwnershipControls"),
        Row(.putBucketOwnershipControls, "PUT", .bucket, "ownershipControls", action: "s3:PutBucketOwnershipControls"),
        Row(
            .deleteBucketOwnershipControls,
            "DELETE",
            .bucket,
            "ownershipControls",
            action: "s3:PutBucketOwnershipControls"
        ),
        Row(.getObjectLockConfiguration, "GET", .bucket, "object-lock", action: "s3:GetBucketObjectLockConfiguration"),
        Row(.putObjectLockConfiguration, "PUT", .bucket, "object-lock", action: "s3:PutBucketObjectLockConfiguration"),
        Row(.getBucketAbac, "GET", .bucket, "abac", action: "s3:GetBucketAbac"),
        Row(.putBucketAbac, "PUT", .bucket, "abac", action: "s3:PutBucketAbac"),
        Row(
            .getBucketAnalyticsConfiguration,
            "GET",
            .bucket,
            "analytics",
            .query("id"),
            action: "s3:GetAnalyticsConfiguration"
        ),
        Row(.listBucketAnalyticsConfigurations, "GET", .bucket, "analytics", action: "s3:GetAnalyticsConfiguration"),
        Row(.putBucketAnalyticsConfiguration, "PUT", .bucket, "analytics", action: "s3:PutAnalyticsConfiguration"),
        Row(
            .deleteBucketAnalyticsConfiguration,
            "DELETE",
            .bucket,
            "analytics",
            action: "s3:PutAnalyticsConfiguration"
        ),
        Row(
            .getBucketInventoryConfiguration,
            "GET",
            .bucket,
            "inventory",
            .query("id"),
            action: "s3:GetInventoryConfiguration"
        ),
        Row(.listBucketInventoryConfigurations, "GET", .bucket, "inventory", action: "s3:GetInventoryConfiguration"),
        Row(.putBucketInventoryConfiguration, "PUT", .bucket, "inventory", action: "s3:PutInventoryConfiguration"),
        Row(
            .deleteBucketInventoryConfiguration,
            "DELETE",
            .bucket,
            "inventory",
            action: "s3:PutInventoryConfiguration"
        ),
        Row(
            .getBucketMetricsConfiguration,
            "GET",
            .bucket,
            "metrics",
            .query("id"),
            action: "s3:GetMetricsConfiguration"
        ),
        Row(.listBucketMetricsConfigurations, "GET", .bucket, "metrics", action: "s3:GetMetricsConfiguration"),
        Row(.putBucketMetricsConfiguration, "PUT", .bucket, "metrics", action: "s3:PutMetricsConfiguration"),
        Row(.deleteBucketMetricsConfiguration, "DELETE", .bucket, "metrics", action: "s3:PutMetricsConfiguration"),
        Row(
            .getBucketIntelligentTieringConfiguration,
            "GET",
            .bucket,
            "intelligent-tiering",
            .query("id"),
            action: "s3:GetIntelligentTieringConfiguration"
        ),
        Row(
            .listBucketIntelligentTieringConfigurations,
            "GET",
            .bucket,
            "intelligent-tiering",
            action: "s3:GetIntelligentTieringConfiguration"
        ),
        Row(
            .putBucketIntelligentTieringConfiguration,
            "PUT",
            .bucket,
            "intelligent-tiering",
            action: "s3:PutIntelligentTieringConfiguration"
        ),
        Row(
            .deleteBucketIntelligentTieringConfiguration,
            "DELETE",
            .bucket,
            "intelligent-tiering",
            action: "s3:PutIntelligentTieringConfiguration"
        ),
        Row(
            .createBucketMetadataConfiguration,
            "POST",
            .bucket,
            "metadataConfiguration",
            action: "s3:CreateBucketMetadataTableConfiguration"
        ),
        Row(
            .getBucketMetadataConfiguration,
            "GET",
            .bucket,
            "metadataConfiguration",
            action: "s3:GetBucketMetadataTableConfiguration"
        ),
        Row(
            .deleteBucketMetadataConfiguration,
            "DELETE",
            .bucket,
            "metadataConfiguration",
            action: "s3:DeleteBucketMetadataTableConfiguration"
        ),
        Row(
            .createBucketMetadataTableConfiguration,
            "POST",
            .bucket,
            "metadataTable",
            action: "s3:CreateBucketMetadataTableConfiguration"
        ),
        Row(
            .getBucketMetadataTableConfiguration,
            "GET",
            .bucket,
            "metadataTable",
            action: "s3:GetBucketMetadataTableConfiguration"
        ),
        Row(
            .deleteBucketMetadataTableConfiguration,
            "DELETE",
            .bucket,
            "metadataTable",
            action: "s3:DeleteBucketMetadataTableConfiguration"
        ),
        Row(
            .updateBucketMetadataInventoryTableConfiguration,
            "PUT",
            .bucket,
            "metadataInventoryTable",
            action: "s3:UpdateBucketMetadataInventoryTableConfiguration"
        ),
        Row(
            .updateBucketMetadataJournalTableConfiguration,
            "PUT",
            .bucket,
            "metadataJournalTable",
            action: "s3:UpdateBucketMetadataJournalTableConfiguration"
        ),
        Row(.headObject, "HEAD", .object, action: "s3:GetObject"),
        Row(.getObject, "GET", .object, action: "s3:GetObject"),
        Row(.copyObject, "PUT", .object, nil, .header("x-amz-copy-source"), action: "s3:PutObject"),
        Row(.putObject, "PUT", .object, action: "s3:PutObject"),
        Row(.deleteObject, "DELETE", .object, action: "s3:DeleteObject"),
        Row(.uploadPartCopy, "PUT", .object, "uploadId", .header("x-amz-copy-source"), action: "s3:PutObject"),
        Row(.uploadPart, "PUT", .object, "uploadId", action: "s3:PutObject"),
        Row(.listParts, "GET", .object, "uploadId", action: "s3:ListMultipartUploadParts"),
        Row(.abortMultipartUpload, "DELETE", .object, "uploadId", action: "s3:AbortMultipartUpload"),
        Row(.createMultipartUpload, "POST", .object, "uploads", action: "s3:PutObject"),
        Row(.completeMultipartUpload, "POST", .object, "uploadId", action: "s3:PutObject"),
        Row(.getObjectAcl, "GET", .object, "acl", action: "s3:GetObjectAcl"),
        Row(.putObjectAcl, "PUT", .object, "acl", action: "s3:PutObjectAcl"),
        Row(.getObjectTagging, "GET", .object, "tagging", action: "s3:GetObjectTagging"),
        Row(.putObjectTagging, "PUT", .object, "tagging", action: "s3:PutObjectTagging"),
        Row(.deleteObjectTagging, "DELETE", .object, "tagging", action: "s3:DeleteObjectTagging"),
        Row(.getObjectAttributes, "GET", .object, "attributes", action: "s3:GetObjectAttributes"),
        Row(.getObjectRetention, "GET", .object, "retention", action: "s3:GetObjectRetention"),
        Row(.putObjectRetention, "PUT", .object, "retention", action: "s3:PutObjectRetention"),
        Row(.getObjectLegalHold, "GET", .object, "legal-hold", action: "s3:GetObjectLegalHold"),
        Row(.putObjectLegalHold, "PUT", .object, "legal-hold", action: "s3:PutObjectLegalHold"),
        Row(.getObjectTorrent, "GET", .object, "torrent", action: "s3:GetObjectTorrent"),
        Row(.renameObject, "PUT", .object, "renameObject", action: "s3:PutObject"),
        Row(.updateObjectEncryption, "PUT", .object, "encryption", action: "s3:UpdateObjectEncryption"),
        Row(.restoreObject, "POST", .object, "restore", action: "s3:RestoreObject"),
        Row(.selectObjectContent, "POST", .object, "select", action: "s3:GetObject"),
    ]

    /// The row of this operation; the preflight has none.
    package var row: Row? { Self.rows[self] }

    /// The action that a policy must allow, such as `s3:GetObject`, before what headers and versions add to it; the
    /// preflight, which nobody authorizes, has an empty one.
    package var action: String { row?.action ?? "" }

    private static let rows = Dictionary(uniqueKeysWithValues: table.map { ($0.operation, $0) })
}
