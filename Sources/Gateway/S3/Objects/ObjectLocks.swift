import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `GET /B/K?retention`: until when a version must not be deleted.
struct GetObjectRetention: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        try services.checkLocked(request)
        let record = try await services.store.head(request.key, version: request.versionID, in: request.bucket)
        guard let retention = record.attributes.retention else { throw S3Error.noObjectLockConfiguration }
        return Response(.ok, contentType: "application/xml", bytes: try retention.document())
    }
}

/// `PUT /B/K?retention`: sets, lengthens or, where that is allowed, shortens it.
struct PutObjectRetention: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        try services.checkLocked(request)
        let now = services.clock()
        let wanted = try Retention.parse(
            document: await request.document(upTo: S3Services.maximumLockDocument),
            now: now
        )
        let bypasses = try ObjectLockHeaders.bypassesGovernance(isLocked: true) { request.header($0) }
        _ = try await services.store.updateAttributes(
            of: request.key,
            version: request.versionID,
            in: request.bucket
        ) { attributes in
            try attributes.retention?.checkReplacement(by: wanted, at: now, bypassesGovernance: bypasses)
            attributes.retention = wanted
        }
        return Response(.ok)
    }
}

/// `GET /B/K?legal-hold`: whether a legal hold keeps a version.
struct GetObjectLegalHold: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        try services.checkLocked(request)
        let record = try await services.store.head(request.key, version: request.versionID, in: request.bucket)
        guard let isHeld = record.attributes.legalHold else { throw S3Error.noObjectLockConfiguration }
        let hold = isHeld ? LegalHold.on : .off
        return Response(.ok, contentType: "application/xml", bytes: try hold.document())
    }
}

/// `PUT /B/K?legal-hold`: sets it or takes it away.
struct PutObjectLegalHold: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        try services.checkLocked(request)
        let hold = try LegalHold(document: await request.document(upTo: S3Services.maximumLockDocument))
        _ = try await services.store.updateAttributes(
            of: request.key,
            version: request.versionID,
            in: request.bucket
        ) { $0.legalHold = hold == .on }
        return Response(.ok)
    }
}

extension S3Services {
    /// The most bytes of a Retention or LegalHold document that are read.
    fileprivate static let maximumLockDocument = 64 << 10

    /// Throws `InvalidRequest` unless the bucket has object lock.
    fileprivate func checkLocked(_ request: S3Request) throws {
        guard try store.bucket(request.bucket).settings.objectLock != nil else { throw S3Error.bucketWithoutObjectLock }
    }
}
