import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `GET /B?versioning`: whether the bucket keeps versions; an empty document when that was never set.
struct GetBucketVersioning: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let state = try services.bucket(of: request).settings.versioning
        return Response(.ok, contentType: "application/xml", bytes: try VersioningConfiguration.document(state))
    }
}

/// `PUT /B?versioning`: begins or suspends the keeping of versions.
struct PutBucketVersioning: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let state = try VersioningConfiguration.parse(await request.configuration())
        try await services.configure(request) { settings in
            try VersioningConfiguration.check(state, hasObjectLock: settings.objectLock != nil)
            settings.versioning = state
        }
        return Response(.ok)
    }
}

/// `GET /B?object-lock`: that versions can be locked, and how they are by default.
struct GetObjectLockConfiguration: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let bucket = try services.bucket(of: request)
        guard let lock = bucket.settings.objectLock else { throw S3Error.absent(.objectLock, in: bucket.name) }
        return Response(.ok, contentType: "application/xml", bytes: try lock.document())
    }
}

/// `PUT /B?object-lock`: lets versions be locked from now on, and sets how they are by default.
struct PutObjectLockConfiguration: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let lock = try ObjectLockConfiguration(document: await request.configuration())
        try await services.configure(request) { settings in
            guard settings.versioning == .enabled else { throw S3Error.objectLockWithoutVersioning }
            settings.objectLock = lock
        }
        return Response(.ok)
    }
}
