import ObjectStorage
import RemoteS3
package import S3Protocol

/// The S3 protocol on a connection: route, authenticate, authorize, operate, answer; each in this one place.
package struct S3Surface: Sendable {
    private let services: S3Services
    private let operations: S3Operations
    private let cors: BucketCORS

    /// A surface on these services.
    package init(_ services: S3Services) {
        self.services = services
        operations = S3Operations(services)
        cors = BucketCORS(store: services.store)
    }

    /// The answer to a request whose host and path name `address`; every refusal is an answer too.
    package func respond(to request: Request, address: Address) async -> Response {
        var response: Response
        do {
            response = try await perform(request, address)
        } catch {
            response = ErrorResponse.make(for: error, request: request)
        }
        cors.decorate(&response, for: request, address: address)
        return response
    }

    private func perform(_ request: Request, _ address: Address) async throws -> Response {
        request.trace.note { facts in
            facts.bucket = address.bucket?.string
            facts.key = address.key?.string
        }
        let route = address.bucket.flatMap(services.remote.route)
        let operation = try operation(of: request, address, route)
        request.trace.note { $0.operation = operation.rawValue }
        if operation == .preflight { return try await preflight(request, address, route) }
        var routed = S3Request(
            http: request,
            address: address,
            operation: operation,
            authenticated: try authenticate(request, address, operation)
        )
        request.trace.note { $0.identity = routed.authenticated.identity.accessKeyID }
        if let route, operation != .postObject {
            return try await RemoteForwarder(services: services).respond(to: routed, by: route)
        }
        let handler = try operations.handler(of: operation)
        if services.authorizer.asksForDocument(of: routed) { routed = try await routed.withEarlyDocument() }
        try await authorize(routed)
        try RefusedHeaders.check(routed)
        do {
            return try await handler.respond(to: routed)
        } catch {
            throw services.authorizer.told(error, of: routed)
        }
    }

    /// What a request is; a remote may know what is not known here.
    private func operation(
        of request: Request,
        _ address: Address,
        _ route: RemoteRoute?
    ) throws(S3Error) -> S3Operation {
        do throws(S3Error) {
            return try S3Operation.route(head: request.head, scope: address.scope)
        } catch {
            guard route != nil else { throw error }
            return .passThrough
        }
    }

    /// Rules of a remote bucket are the remote's, unless there are some here for all.
    private func preflight(_ request: Request, _ address: Address, _ route: RemoteRoute?) async throws -> Response {
        guard let route, let name = address.bucket, try services.store.bucket(name).settings.rulesOfCORS == nil else {
            return try cors.preflight(request, address)
        }
        let anonymous = Authenticator.Authenticated(identity: .anonymous, payload: .unsigned, signature: nil)
        let routed = S3Request(http: request, address: address, operation: .preflight, authenticated: anonymous)
        return try await RemoteForwarder(services: services).forward(routed, by: route)
    }

    /// A form proves itself by its fields, which its own handler reads.
    private func authenticate(
        _ request: Request,
        _ address: Address,
        _ operation: S3Operation
    ) throws -> Authenticator.Authenticated {
        guard operation != .postObject else {
            return Authenticator.Authenticated(identity: .anonymous, payload: .unsigned, signature: nil)
        }
        let hostBucket = address.style == .path ? nil : address.bucket?.string
        return try services.authenticator.authenticate(
            request.head,
            hostBucket: hostBucket,
            now: request.received,
            // Clients ask there where the bucket is, before they can know.
            alsoForClassicRegion: operation == .getBucketLocation
        )
    }

    private func authorize(_ request: S3Request) async throws {
        guard request.operation != .postObject else { return }
        do {
            try await services.authorizer.authorize(request)
        } catch {
            guard request.operation == .headBucket else { throw error }
            // Clients learn there where a bucket is, even one that they may not list (AWS, "HeadBucket").
            var refusal = ErrorResponse.s3Error(error)
            if refusal.status == 403 { refusal.headers.append(.init("x-amz-bucket-region", services.region)) }
            throw refusal
        }
    }
}
