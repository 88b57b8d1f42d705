import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `GET /B?acl`: the bucket's access control list.
struct GetBucketACL: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let list = try services.accessControlList(of: services.bucket(of: request))
        return Response(.ok, contentType: "application/xml", bytes: try list.document())
    }
}

/// `PUT /B?acl`: replaces the bucket's access control list, by headers or by a document.
struct PutBucketACL: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let bucket = try services.bucket(of: request)
        let list = try AccessControlList(
            services.listContext(.bucket, owner: bucket.owner, in: bucket, for: request),
            body: await request.configuration(),
            headers: request.header
        )
        try await services.configure(request) { settings in
            try list.check(settings, bucketOwner: bucket.owner, services)
            // A list that gives nothing away is accepted where there are none; it is not kept there.
            guard settings.ownership ?? services.defaultOwnership != .bucketOwnerEnforced else { return }
            settings.accessControl = list
        }
        return Response(.ok)
    }
}

/// `GET /B/K?acl`: an object's access control list.
struct GetObjectACL: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let record = try await services.store.head(request.key, version: request.versionID, in: request.bucket)
        let list = try services.accessControlList(of: record.attributes, in: services.bucket(of: request))
        return Response(.ok, contentType: "application/xml", bytes: try list.document())
    }
}

/// `PUT /B/K?acl`: replaces an object's access control list, by headers or by a document.
struct PutObjectACL: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let bucket = try services.bucket(of: request)
        let body = try await request.configuration()
        let isEnforced = services.ownership(of: bucket) == .bucketOwnerEnforced
        // Where there are no lists the refusal does not depend on the object.
        if isEnforced { _ = try list(request, body, owner: bucket.owner, bucket) }
        _ = try await services.store.updateAttributes(
            of: request.key,
            version: request.versionID,
            in: bucket.name
        ) { attributes in
            guard !isEnforced else { return }
            let list = try list(request, body, owner: attributes.owner ?? bucket.owner, bucket)
            attributes.accessControl = try list.jsonText()
        }
        return Response(.ok)
    }

    private func list(
        _ request: S3Request,
        _ body: [UInt8],
        owner: String,
        _ bucket: Bucket
    ) throws(S3Error) -> AccessControlList {
        let list = try AccessControlList(
            services.listContext(.object, owner: owner, in: bucket, for: request),
            body: body,
            headers: request.header
        )
        try list.check(bucket.settings, bucketOwner: bucket.owner, services)
        return list
    }
}
