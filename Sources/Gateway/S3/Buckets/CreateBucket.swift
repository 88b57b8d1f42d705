import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `PUT /B`: makes a bucket; again by its owner it is a success in us-east-1.
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
        let settings = try settings(request, await request.document(upTo: Self.maximumDocument))
        do {
            _ = try await services.store.createBucket(
                name,
                owner: request.authenticated.identity.userID,
                settings: settings
            )
        } catch let error as any S3ErrorConvertible where error.s3Error.code == "BucketAlreadyOwnedByYou" {
            try await makeAgain(name, settings, request, refusal: error)
        }
        return Response(
            .ok,
            headers: ["Location": "/\(name)", "x-amz-bucket-arn": "arn:aws:s3:::\(name)"]
        )
    }

    private func settings(_ request: S3Request, _ document: [UInt8]) throws(S3Error) -> BucketSettings {
        let constraint = try BucketLocation.constraint(inCreateBucket: document)
        try BucketLocation.check(constraint, region: services.region)
        var settings = BucketSettings(region: constraint)
        settings.set(try TagSet(createBucket: document))
        settings.ownership = try request.header(ObjectOwnership.header).map(ObjectOwnership.init(header:))
        settings.accessControl = try list(request, settings.ownership ?? services.defaultOwnership)
        if request.header("x-amz-bucket-object-lock-enabled").map(ByteText.lowercasedASCII) == "true" {
            settings.objectLock = ObjectLockConfiguration()
            settings.versioning = .enabled
        }
        return settings
    }

    private func list(_ request: S3Request, _ ownership: ObjectOwnership) throws(S3Error) -> AccessControlList? {
        let owner = request.authenticated.identity.userID
        let context = services.listContext(.bucket, owner: owner, bucketOwner: owner, callerID: owner)
        guard let list = try AccessControlList(context, headers: request.header),
            !list.givesControlOnly(to: owner)
        else { return nil }
        guard ownership != .bucketOwnerEnforced else { throw .invalidBucketACLWithObjectOwnership }
        return list
    }

    /// In us-east-1 clients' "make sure it exists" is a success that resets the access control list, and elsewhere a
    /// conflict (AWS, "CreateBucket"); tags make it one everywhere, since they would not be set.
    private func makeAgain(
        _ name: BucketName,
        _ wanted: BucketSettings,
        _ request: S3Request,
        refusal: any Error
    ) async throws {
        guard wanted.tags == nil, ByteText.equal(services.region, BucketLocation.classic) else { throw refusal }
        let bucket = try services.store.bucket(name)
        guard services.ownership(of: bucket) != .bucketOwnerEnforced,
            bucket.settings.accessControl != wanted.accessControl
        else { return }
        // The bucket is there now: its policy has a say, and its public access block.
        try await services.authorizer.authorize(
            S3Request(
                http: request.http,
                address: request.address,
                operation: .putBucketAcl,
                authenticated: request.authenticated
            )
        )
        _ = try await services.store.updateBucket(name) { settings in
            try wanted.accessControl?.check(settings, bucketOwner: bucket.owner, services)
            settings.accessControl = wanted.accessControl
        }
    }
}
