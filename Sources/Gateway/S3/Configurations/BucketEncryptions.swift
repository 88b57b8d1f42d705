import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `GET /B?encryption`: the default encryption, when the operator declares that there is any.
struct GetBucketEncryption: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let bucket = try services.bucket(of: request)
        guard services.isEncryptionDeclared else { throw S3Error.encryptionNotDeclared(in: bucket.name) }
        let encryption = bucket.settings.encryption ?? BucketEncryption()
        return Response(.ok, contentType: "application/xml", bytes: try encryption.document())
    }
}

/// `PUT /B?encryption`: takes `AES256` where that is true anyway.
struct PutBucketEncryption: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let encryption = try BucketEncryption(document: await request.configuration())
        guard services.isEncryptionDeclared else { throw S3Error.defaultEncryptionNotDeclared }
        try await services.configure(request) { $0.encryption = encryption }
        return Response(.ok)
    }
}
