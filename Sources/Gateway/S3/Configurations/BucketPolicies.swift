import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `GET /B?policy`: the policy's text, as it was put.
struct GetBucketPolicy: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let bucket = try services.bucket(of: request)
        guard let text = bucket.settings.policy else { throw S3Error.absent(.policy, in: bucket.name) }
        return Response(.ok, contentType: "application/json", bytes: Array(text.utf8))
    }
}

/// `PUT /B?policy`: replaces the policy, once all of it is understood.
struct PutBucketPolicy: S3OperationHandler {
    /// More than a policy may have, so that one that is too long is told so.
    private static let maximumDocument = 4 * Policy.maximumLength

    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let body = try await request.document(upTo: Self.maximumDocument)
        let isPublic = try Policy(bucketPolicy: body, bucket: request.bucket).isPublic
        guard let text = String(validating: body, as: UTF8.self) else { throw S3Error.policyIsNotJSON }
        try await services.configure(request) { settings in
            guard !isPublic || settings.publicAccessBlock?.blockPublicPolicy != true else {
                throw S3Error.accessDenied().because("the bucket's public access block refuses a public policy")
            }
            settings.policy = text
        }
        return Response(.noContent)
    }
}

/// `GET /B?policyStatus`: whether the policy makes the bucket public.
struct GetBucketPolicyStatus: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let bucket = try services.bucket(of: request)
        guard let text = bucket.settings.policy else { throw S3Error.absent(.policy, in: bucket.name) }
        let policy = try Policy(bucketPolicy: Array(text.utf8), bucket: bucket.name)
        return Response(
            .ok,
            contentType: "application/xml",
            bytes: try PolicyStatus(isPublic: policy.isPublic).document()
        )
    }
}
