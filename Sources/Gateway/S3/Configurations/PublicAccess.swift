import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `GET /B?publicAccessBlock`: what of public access the bucket shuts off.
struct GetPublicAccessBlock: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let bucket = try services.bucket(of: request)
        guard let block = bucket.settings.publicAccessBlock else {
            throw S3Error.absent(.publicAccessBlock, in: bucket.name)
        }
        return Response(.ok, contentType: "application/xml", bytes: try block.document())
    }
}

/// `PUT /B?publicAccessBlock`: shuts off kinds of public access, or lets them be.
struct PutPublicAccessBlock: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let block = try PublicAccessBlock(document: await request.configuration())
        try await services.configure(request) { $0.publicAccessBlock = block }
        return Response(.ok)
    }
}

/// `GET /B?ownershipControls`: who owns the bucket's objects.
struct GetBucketOwnershipControls: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let bucket = try services.bucket(of: request)
        guard bucket.settings.lacksOwnershipControls != true else {
            throw S3Error.absent(.ownershipControls, in: bucket.name)
        }
        return Response(.ok, contentType: "application/xml", bytes: try services.ownership(of: bucket).document())
    }
}

/// `PUT /B?ownershipControls`: sets who owns the bucket's objects, and with it whether lists count.
struct PutBucketOwnershipControls: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let ownership = try ObjectOwnership(document: await request.configuration())
        let owner = try services.bucket(of: request).owner
        try await services.configure(request) { settings in
            let givesToOthers = settings.accessControl.map { !$0.givesControlOnly(to: owner) } ?? false
            guard ownership != .bucketOwnerEnforced || !givesToOthers else {
                throw S3Error.invalidBucketACLWithObjectOwnership
            }
            settings.ownership = ownership
            settings.lacksOwnershipControls = nil
        }
        return Response(.ok)
    }
}
