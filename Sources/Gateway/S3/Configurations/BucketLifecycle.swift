import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `GET /B?lifecycle`: the lifecycle rules.
struct GetBucketLifecycle: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let bucket = try services.bucket(of: request)
        guard let lifecycle = bucket.settings.lifecycle else { throw S3Error.absent(.lifecycle, in: bucket.name) }
        return Response(
            .ok,
            contentType: "application/xml",
            bytes: try lifecycle.document(),
            headers: lifecycle.minimumSizeHeader
        )
    }
}

/// `PUT /B?lifecycle`: replaces the lifecycle rules.
struct PutBucketLifecycle: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let minimumSize = try TransitionMinimumSize(header: request.header(TransitionMinimumSize.header))
        let lifecycle = try LifecycleConfiguration(
            document: await request.configuration(),
            minimumSize: minimumSize
        )
        try await services.configure(request) { $0.lifecycle = lifecycle }
        return Response(.ok, headers: lifecycle.minimumSizeHeader)
    }
}

extension LifecycleConfiguration {
    fileprivate var minimumSizeHeader: HTTPHeaders {
        [TransitionMinimumSize.header: minimumSize.rawValue]
    }
}
