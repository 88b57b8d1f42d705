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
            of: services.store.buckets(),
            name: { $0.name.string },
            region: { $0.settings.region ?? services.region }
        )
        let result = ListBucketsResult(
            ownerID: services.ownerID,
            buckets: page.buckets.map {
                .init(name: $0.name, created: $0.created, region: $0.settings.region ?? services.region)
            },
            prefix: wanted.prefix,
            next: page.next
        )
        return Response(.ok, contentType: "application/xml", bytes: try result.document())
    }
}

/// `PUT /B`: makes a bucket; again by its owner it is a success, as in us-east-1.
struct CreateBucket: S3OperationHandler {
    /// The most bytes of a CreateBucketConfiguration that are read.
    private static let maximumDocument = 64 * 1024

    /// Names whose paths are taken by the JSON API.
    private static let reserved: Set<String> = ["api"]

    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let name = try request.bucket
        guard !Self.reserved.contains(name.string) else {
            throw S3Error.invalidBucketName(name.string).because("the paths under /\(name.string)/ are the JSON API's")
        }
        try refuseWhatIsNotHonoured(request)
        let document = try await request.document(upTo: Self.maximumDocument)
        let constraint = try BucketLocation.constraint(inCreateBucket: document)
        try BucketLocation.check(constraint, region: services.region)
        do {
            _ = try await services.store.createBucket(
                name,
                owner: services.ownerID,
                settings: BucketSettings(region: constraint)
            )
        } catch let error as any S3ErrorConvertible where error.s3Error.code == "BucketAlreadyOwnedByYou" {
            // us-east-1 answers 200 again, and clients' "make sure it exists" relies on that.
        }
        return Response(.ok, headers: ["Location": "/\(name.string)"])
    }

    private func refuseWhatIsNotHonoured(_ request: S3Request) throws(S3Error) {
        if let value = request.header("x-amz-bucket-object-lock-enabled"), value.lowercased() == "true" {
            throw .notImplemented(header: "x-amz-bucket-object-lock-enabled")
        }
        let acl = request.header("x-amz-acl")
        guard acl == nil || acl == "private" || acl == "bucket-owner-full-control" else {
            throw .notImplemented(header: "x-amz-acl")
        }
        if let ownership = request.header("x-amz-object-ownership"), ownership != "BucketOwnerEnforced" {
            throw .notImplemented(header: "x-amz-object-ownership")
        }
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
                "x-amz-bucket-arn": "arn:aws:s3:::\(bucket.name.string)",
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
