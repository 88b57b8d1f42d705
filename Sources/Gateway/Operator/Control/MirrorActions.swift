import Attachments
import Mirror
import ObjectStorage
import S3Protocol

/// `/mirror`: buckets that are mirrored, and how far that is.
struct MirrorActions: Sendable {
    /// Nil when no bucket is mirrored, or when no server runs.
    let mirror: Mirror?

    func perform(_ method: String, _ name: String?, body: JSONBody) async throws -> JSONValue {
        guard let mirror else {
            throw APIError(
                status: 409,
                .init("no_mirror", "No bucket is mirrored by a running server: set remote.mode or remote.buckets.")
            )
        }
        do {
            return try await perform(method, name, body, mirror)
        } catch let error as any S3ErrorConvertible {
            throw APIError(refusal: error.s3Error)
        } catch let failure as MirrorFailure {
            throw APIError(status: 502, .init("mirror_failed", failure.reason))
        }
    }

    private func perform(
        _ method: String,
        _ name: String?,
        _ body: JSONBody,
        _ mirror: Mirror
    ) async throws -> JSONValue {
        let bucket = try body["bucket"]?.string.map { try BucketName($0) }
        switch (method, name) {
        case ("POST", "status"): return try await status(body, bucket, mirror)
        case ("POST", "retry"):
            let key = try body["key"]?.string.map { try ObjectKey($0) }
            let count = try await mirror.retry(bucket, key: key, overwrites: body.flag("overwrite"))
            return .object([.init("retried", .number("\(count)"))])
        case ("POST", "pause"), ("POST", "resume"):
            try await mirror.pause(name == "pause", bucket)
            return .object([.init("paused", .bool(name == "pause"))])
        case ("POST", "compare"):
            let name = try BucketName(body.text("bucket"))
            return try await mirror.compare(name, ComparisonRequest(body)).json(name)
        default: throw APIError.routeNotFound()
        }
    }

    private func status(_ body: JSONBody, _ bucket: BucketName?, _ mirror: Mirror) async throws -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("buckets", .array(try await mirror.statuses(of: bucket).map(\.json)))
        ]
        if body["key"] != nil || body["state"] != nil {
            let keys = try await mirror.keys(MirrorFilter(body, bucket))
            members.append(.init("objects", .array(keys.map(\.json))))
        }
        return .object(members)
    }
}

extension MirrorFilter {
    /// What a command asks for.
    fileprivate init(_ body: JSONBody, _ bucket: BucketName?) throws {
        self.init()
        self.bucket = bucket
        key = try body["key"]?.string.map { try ObjectKey($0) }
        state = try body["state"]?.string.map { name in
            guard let state = MirrorState(rawValue: name) else {
                let known = MirrorState.allCases.map(\.rawValue).joined(separator: ", ")
                throw APIError(status: 422, .init("bad_state", "A key is \(known); '\(name)' is none of these."))
            }
            return state
        }
        limit = Int(min(max(body.integer("limit") ?? 100, 1), Int64(Self.longestList)))
    }
}

extension ComparisonRequest {
    /// What a command asks for.
    fileprivate init(_ body: JSONBody) throws {
        self.init()
        isDeep = body.flag("deep")
        queues = body.flag("queue")
        let (pulls, deletes) = (body.flag("pull"), body.flag("delete"))
        guard !pulls || !deletes else {
            throw APIError(
                status: 422,
                .init("pull_or_delete", "What only the remote has is pulled or deleted, not both.")
            )
        }
        extras = pulls ? .pull : deletes ? .delete : .show
    }
}

extension MirrorStatus {
    fileprivate var json: JSONValue {
        let counted: [MirrorState] = [.queued, .uploading, .verified, .conflict, .failed]
        return .object([
            .init("bucket", .string(bucket.string)),
            .init("remote", .string(place)),
            .init("paused", .bool(isPaused)),
            .init("objects", .object(counted.map { .init($0.rawValue, .number("\(counts[$0] ?? 0)")) })),
            .init("lag_seconds", .number("\(lagSeconds)")),
            .init("lag_bytes", .number("\(lagBytes)")),
            .init("last_error", .optional(lastError)),
            .init("compared", compared.map { .number("\($0)") } ?? .null),
        ])
    }
}

extension MirrorKeyStatus {
    fileprivate var json: JSONValue {
        .object([
            .init("bucket", .string(bucket.string)),
            .init("key", .string(key.string)),
            .init("state", .string(state.rawValue)),
            .init("attempts", .number("\(attempts)")),
            .init("reason", .optional(reason)),
            .init("since", since.map { .string($0.iso8601) } ?? .null),
            .init("etag", .optional(etag)),
            .init("next_attempt", nextAttempt.map { .string($0.iso8601) } ?? .null),
        ])
    }
}

extension MirrorComparison {
    fileprivate func json(_ bucket: BucketName) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("bucket", .string(bucket.string)),
            .init("compared", .number("\(compared)")),
            .init("equal", .number("\(equal)")),
        ]
        for (name, keys) in [("missing", missing), ("different", different), ("extra", extra)] {
            members.append(.init(name, .array(keys.keys.map { .string($0.string) })))
            members.append(.init("\(name)_count", .number("\(keys.count)")))
        }
        for (name, count) in [("queued", queued), ("pulled", pulled), ("deleted", deleted)] {
            members.append(.init(name, .number("\(count)")))
        }
        return .object(members)
    }
}
