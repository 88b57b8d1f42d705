/// The operations of S3, each once: what routing gives, what handlers and policies are found by.
///
/// GetBucketLifecycle, PutBucketLifecycle, GetBucketNotification and PutBucketNotification are older names of requests
/// that look the same on the wire, and have no case of their own.
package enum S3Operation: String, CaseIterable, Hashable, Sendable {
    // Service
    /// `GET` on the service.
    case listDirectoryBuckets = "ListDirectoryBuckets"
    /// `GET` on the service.
    case listBuckets = "ListBuckets"
    /// `POST` on the service.
    case writeGetObjectResponse = "WriteGetObjectResponse"

    // Buckets
    /// `HEAD` on a bucket.
    case headBucket = "HeadBucket"
    /// `PUT` on a bucket.
    case createBucket = "CreateBucket"
    /// `DELETE` on a bucket.
    case deleteBucket = "DeleteBucket"
    /// `GET` on a bucket.
    case listObjectsV2 = "ListObjectsV2"
    /// `GET` on a bucket.
    case listObjects = "ListObjects"
    /// `POST` on a bucket.
    case postObject = "PostObject"
    /// `POST` on a bucket with `?delete`.
    case deleteObjects = "DeleteObjects"
    /// `GET` on a bucket with `?location`.
    case getBucketLocation = "GetBucketLocation"
    /// `GET` on a bucket with `?uploads`.
    case listMultipartUploads = "ListMultipartUploads"
    /// `GET` on a bucket with `?versions`.
    case listObjectVersions = "ListObjectVersions"
    /// `GET` on a bucket with `?session`.
    case createSession = "CreateSession"
    /// `GET` on a bucket with `?versioning`.
    case getBucketVersioning = "GetBucketVersioning"
    /// `PUT` on a bucket with `?versioning`.
    case putBucketVersioning = "PutBucketVersioning"
    /// `GET` on a bucket with `?acl`.
    case getBucketAcl = "GetBucketAcl"
    /// `PUT` on a bucket with `?acl`.
    case putBucketAcl = "PutBucketAcl"
    /// `GET` on a bucket with `?policyStatus`.
    case getBucketPolicyStatus = "GetBucketPolicyStatus"
    /// `GET` on a bucket with `?policy`.
    case getBucketPolicy = "GetBucketPolicy"
    /// `PUT` on a bucket with `?policy`.
    case putBucketPolicy = "PutBucketPolicy"
    /// `DELETE` on a bucket with `?policy`.
    case deleteBucketPolicy = "DeleteBucketPolicy"
    /// `GET` on a bucket with `?tagging`.
    case getBucketTagging = "GetBucketTagging"
    /// `PUT` on a bucket with `?tagging`.
    case putBucketTagging = "PutBucketTagging"
    /// `DELETE` on a bucket with `?tagging`.
    case deleteBucketTagging = "DeleteBucketTagging"
    /// `GET` on a bucket with `?cors`.
    case getBucketCors = "GetBucketCors"
    /// `PUT` on a bucket with `?cors`.
    case putBucketCors = "PutBucketCors"
    /// `DELETE` on a bucket with `?cors`.
    case deleteBucketCors = "DeleteBucketCors"
    /// `GET` on a bucket with `?lifecycle`.
    case getBucketLifecycleConfiguration = "GetBucketLifecycleConfiguration"
    /// `PUT` on a bucket with `?lifecycle`.
    case putBucketLifecycleConfiguration = "PutBucketLifecycleConfiguration"
    /// `DELETE` on a bucket with `?lifecycle`.
    case deleteBucketLifecycle = "DeleteBucketLifecycle"
    /// `GET` on a bucket with `?encryption`.
    case getBucketEncryption = "GetBucketEncryption"
    /// `PUT` on a bucket with `?encryption`.
    case putBucketEncryption = "PutBucketEncryption"
    /// `DELETE` on a bucket with `?encryption`.
    case deleteBucketEncryption = "DeleteBucketEncryption"
    /// `GET` on a bucket with `?notification`.
    case getBucketNotificationConfiguration = "GetBucketNotificationConfiguration"
    /// `PUT` on a bucket with `?notification`.
    case putBucketNotificationConfiguration = "PutBucketNotificationConfiguration"
    /// `GET` on a bucket with `?website`.
    case getBucketWebsite = "GetBucketWebsite"
    /// `PUT` on a bucket with `?website`.
    case putBucketWebsite = "PutBucketWebsite"
    /// `DELETE` on a bucket with `?website`.
    case deleteBucketWebsite = "DeleteBucketWebsite"
    /// `GET` on a bucket with `?logging`.
    case getBucketLogging = "GetBucketLogging"
    /// `PUT` on a bucket with `?logging`.
    case putBucketLogging = "PutBucketLogging"
    /// `GET` on a bucket with `?replication`.
    case getBucketReplication = "GetBucketReplication"
    /// `PUT` on a bucket with `?replication`.
    case putBucketReplication = "PutBucketReplication"
    /// `DELETE` on a bucket with `?replication`.
    case deleteBucketReplication = "DeleteBucketReplication"
    /// `GET` on a bucket with `?requestPayment`.
    case getBucketRequestPayment = "GetBucketRequestPayment"
    /// `PUT` on a bucket with `?requestPayment`.
    case putBucketRequestPayment = "PutBucketRequestPayment"
    /// `GET` on a bucket with `?accelerate`.
    case getBucketAccelerateConfiguration = "GetBucketAccelerateConfiguration"
    /// `PUT` on a bucket with `?accelerate`.
    case putBucketAccelerateConfiguration = "PutBucketAccelerateConfiguration"
    /// `GET` on a bucket with `?publicAccessBlock`.
    case getPublicAccessBlock = "GetPublicAccessBlock"
    /// `PUT` on a bucket with `?publicAccessBlock`.
    case putPublicAccessBlock = "PutPublicAccessBlock"
    /// `DELETE` on a bucket with `?publicAccessBlock`.
    case deletePublicAccessBlock = "DeletePublicAccessBlock"
    /// `GET` on a bucket with `?ownershipControls`.
    case getBucketOwnershipControls = "GetBucketOwnershipControls"
    /// `PUT` on a bucket with `?ownershipControls`.
    case putBucketOwnershipControls = "PutBucketOwnershipControls"
    /// `DELETE` on a bucket with `?ownershipControls`.
    case deleteBucketOwnershipControls = "DeleteBucketOwnershipControls"
    /// `GET` on a bucket with `?object-lock`.
    case getObjectLockConfiguration = "GetObjectLockConfiguration"
    /// `PUT` on a bucket with `?object-lock`.
    case putObjectLockConfiguration = "PutObjectLockConfiguration"
    /// `GET` on a bucket with `?abac`.
    case getBucketAbac = "GetBucketAbac"
    /// `PUT` on a bucket with `?abac`.
    case putBucketAbac = "PutBucketAbac"
    /// `GET` on a bucket with `?analytics`.
    case getBucketAnalyticsConfiguration = "GetBucketAnalyticsConfiguration"
    /// `GET` on a bucket with `?analytics`.
    case listBucketAnalyticsConfigurations = "ListBucketAnalyticsConfigurations"
    /// `PUT` on a bucket with `?analytics`.
    case putBucketAnalyticsConfiguration = "PutBucketAnalyticsConfiguration"
    /// `DELETE` on a bucket with `?analytics`.
    case deleteBucketAnalyticsConfiguration = "DeleteBucketAnalyticsConfiguration"
    /// `GET` on a bucket with `?inventory`.
    case getBucketInventoryConfiguration = "GetBucketInventoryConfiguration"
    /// `GET` on a bucket with `?inventory`.
    case listBucketInventoryConfigurations = "ListBucketInventoryConfigurations"
    /// `PUT` on a bucket with `?inventory`.
    case putBucketInventoryConfiguration = "PutBucketInventoryConfiguration"
    /// `DELETE` on a bucket with `?inventory`.
    case deleteBucketInventoryConfiguration = "DeleteBucketInventoryConfiguration"
    /// `GET` on a bucket with `?metrics`.
    case getBucketMetricsConfiguration = "GetBucketMetricsConfiguration"
    /// `GET` on a bucket with `?metrics`.
    case listBucketMetricsConfigurations = "ListBucketMetricsConfigurations"
    /// `PUT` on a bucket with `?metrics`.
    case putBucketMetricsConfiguration = "PutBucketMetricsConfiguration"
    /// `DELETE` on a bucket with `?metrics`.
    case deleteBucketMetricsConfiguration = "DeleteBucketMetricsConfiguration"
    /// `GET` on a bucket with `?intelligent-tiering`.
    case getBucketIntelligentTieringConfiguration = "GetBucketIntelligentTieringConfiguration"
    /// `GET` on a bucket with `?intelligent-tiering`.
    case listBucketIntelligentTieringConfigurations = "ListBucketIntelligentTieringConfigurations"
    /// `PUT` on a bucket with `?intelligent-tiering`.
    case putBucketIntelligentTieringConfiguration = "PutBucketIntelligentTieringConfiguration"
    /// `DELETE` on a bucket with `?intelligent-tiering`.
    case deleteBucketIntelligentTieringConfiguration = "DeleteBucketIntelligentTieringConfiguration"
    /// `POST` on a bucket with `?metadataConfiguration`.
    case createBucketMetadataConfiguration = "CreateBucketMetadataConfiguration"
    /// `GET` on a bucket with `?metadataConfiguration`.
    case getBucketMetadataConfiguration = "GetBucketMetadataConfiguration"
    /// `DELETE` on a bucket with `?metadataConfiguration`.
    case deleteBucketMetadataConfiguration = "DeleteBucketMetadataConfiguration"
    /// `POST` on a bucket with `?metadataTable`.
    case createBucketMetadataTableConfiguration = "CreateBucketMetadataTableConfiguration"
    /// `GET` on a bucket with `?metadataTable`.
    case getBucketMetadataTableConfiguration = "GetBucketMetadataTableConfiguration"
    /// `DELETE` on a bucket with `?metadataTable`.
    case deleteBucketMetadataTableConfiguration = "DeleteBucketMetadataTableConfiguration"
    /// `PUT` on a bucket with `?metadataInventoryTable`.
    case updateBucketMetadataInventoryTableConfiguration = "UpdateBucketMetadataInventoryTableConfiguration"
    /// `PUT` on a bucket with `?metadataJournalTable`.
    case updateBucketMetadataJournalTableConfiguration = "UpdateBucketMetadataJournalTableConfiguration"

    // Objects
    /// `HEAD` on an object.
    case headObject = "HeadObject"
    /// `GET` on an object.
    case getObject = "GetObject"
    /// `PUT` on an object.
    case copyObject = "CopyObject"
    /// `PUT` on an object.
    case putObject = "PutObject"
    /// `DELETE` on an object.
    case deleteObject = "DeleteObject"
    /// `PUT` on an object with `?uploadId`.
    case uploadPartCopy = "UploadPartCopy"
    /// `PUT` on an object with `?uploadId`.
    case uploadPart = "UploadPart"
    /// `GET` on an object with `?uploadId`.
    case listParts = "ListParts"
    /// `DELETE` on an object with `?uploadId`.
    case abortMultipartUpload = "AbortMultipartUpload"
    /// `POST` on an object with `?uploads`.
    case createMultipartUpload = "CreateMultipartUpload"
    /// `POST` on an object with `?uploadId`.
    case completeMultipartUpload = "CompleteMultipartUpload"
    /// `GET` on an object with `?acl`.
    case getObjectAcl = "GetObjectAcl"
    /// `PUT` on an object with `?acl`.
    case putObjectAcl = "PutObjectAcl"
    /// `GET` on an object with `?tagging`.
    case getObjectTagging = "GetObjectTagging"
    /// `PUT` on an object with `?tagging`.
    case putObjectTagging = "PutObjectTagging"
    /// `DELETE` on an object with `?tagging`.
    case deleteObjectTagging = "DeleteObjectTagging"
    /// `GET` on an object with `?attributes`.
    case getObjectAttributes = "GetObjectAttributes"
    /// `GET` on an object with `?retention`.
    case getObjectRetention = "GetObjectRetention"
    /// `PUT` on an object with `?retention`.
    case putObjectRetention = "PutObjectRetention"
    /// `GET` on an object with `?legal-hold`.
    case getObjectLegalHold = "GetObjectLegalHold"
    /// `PUT` on an object with `?legal-hold`.
    case putObjectLegalHold = "PutObjectLegalHold"
    /// `GET` on an object with `?torrent`.
    case getObjectTorrent = "GetObjectTorrent"
    /// `PUT` on an object with `?renameObject`.
    case renameObject = "RenameObject"
    /// `PUT` on an object with `?encryption`.
    case updateObjectEncryption = "UpdateObjectEncryption"
    /// `POST` on an object with `?restore`.
    case restoreObject = "RestoreObject"
    /// `POST` on an object with `?select`.
    case selectObjectContent = "SelectObjectContent"

    // Any resource
    /// `OPTIONS`, the preflight of CORS; never authenticated.
    case preflight = "Preflight"

    /// A request that no row of the table knows; only a remote S3 may.
    case passThrough = "PassThrough"

    /// The operation's name in AWS's model.
    package var name: String { rawValue }
}
