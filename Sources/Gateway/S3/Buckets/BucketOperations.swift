import NIOCore
import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `GET /`: the buckets of the caller.
struct ListBuckets: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let wanted = try ListBucketsRequest(request.http.head.target)
        let page = wanted.page(
            of: try services.authorizer.visibleBuckets(to: request, beside: await services.remoteBuckets()),
            name: { $0.name.string },
            region: { $0.settings.region ?? services.region }
        )
        let result = ListBucketsResult(
            ownerID: request.authenticated.identity.userID,
            buckets: page.buckets.map {
                .init(name: $0.name, created: $0.created, region: $0.settings.region ?? services.region)
            },
            prefix: wanted.prefix,
            next: page.next
        )
        return Response(.ok, contentType: "application/xml", bytes: try result.document())
    }
}

/// `HEAD /B`: whether a bucket is there, and where.
struct HeadBucket: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let bucket = try services.store.bucket(request.bucket)
        return Response(
            .ok,
            headers: [
                "Content-Type": "application/xml",
                "x-amz-bucket-region": bucket.settings.region ?? services.region,
                "x-amz-bucket-arn": "arn:aws:s3:::\(bucket.name)",
                "x-amz-access-point-alias": "false",
            ]
        )
    }
}

/// `DELETE /B`: removes an empty bucket.
struct DeleteBucket: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        try await services.store.deleteBucket(request.bucket)
        return Response(.noContent)
    }
}

/// `GET /B?location`: the bucket's region, empty for us-east-1.
struct GetBucketLocation: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let bucket = try services.store.bucket(request.bucket)
        let region = bucket.settings.region ?? services.region
        return Response(.ok, contentType: "application/xml", bytes: try BucketLocation.document(region: region))
    }
}
