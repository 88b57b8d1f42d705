import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `POST /B/K?uploads`: begins an upload in parts.
struct CreateMultipartUpload: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let (bucket, key) = (try request.bucket, try request.key)
        let choice = try MultipartChecksumChoice(request.headers)
        var attributes = try ObjectAttributes(putting: request)
        try UploadControls(request, services).apply(to: &attributes)
        let upload = try await services.store.createMultipartUpload(
            MultipartUploadRequest(
                key: key,
                attributes: attributes,
                checksum: choice,
                initiator: request.authenticated.identity.userID
            ),
            in: bucket
        )
        var headers = HTTPHeaders()
        for field in choice.headers { headers.add(name: field.name, value: field.value) }
        headers.add(contentsOf: try abortHeaders(upload, bucket))
        headers.add(contentsOf: services.encryptionHeader)
        let result = InitiateMultipartUploadResult(bucket: bucket, key: key, uploadID: try UploadID(upload.id))
        return Response(.ok, contentType: "application/xml", bytes: try result.document(), headers: headers)
    }
}

extension CreateMultipartUpload {
    /// When a lifecycle rule will end the upload.
    private func abortHeaders(_ upload: MultipartUpload, _ bucket: BucketName) throws -> HTTPHeaders {
        let rules = try services.store.bucket(bucket).settings.lifecycle
        let end = rules?.abort(ofUploadTo: upload.key, initiated: upload.initiated, day: services.lifecycleDay)
        guard let end else { return [:] }
        return ["x-amz-abort-date": end.date.httpDate, "x-amz-abort-rule-id": end.ruleID]
    }
}

/// `DELETE /B/K?uploadId`: ends an upload without an object.
struct AbortMultipartUpload: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        if request.header("x-amz-if-match-initiated-time") != nil {
            throw S3Error.notImplemented(header: "x-amz-if-match-initiated-time")
        }
        let id = try request.uploadID
        try await services.store.abortMultipartUpload(id.text, of: request.key, in: request.bucket)
        return Response(.noContent)
    }
}

extension S3Request {
    /// The upload that the query names.
    ///
    /// - Throws: `NoSuchUpload` for text that can be no upload's id.
    var uploadID: UploadID {
        get throws(S3Error) { try UploadID(http.head.target["uploadId"] ?? "") }
    }

    /// The part that the query names.
    ///
    /// - Throws: `InvalidArgument`.
    var partNumber: PartNumber {
        get throws(S3Error) { try PartNumber(query: http.head.target["partNumber"] ?? "") }
    }
}

extension S3Services {
    /// The upload that a request names.
    ///
    /// - Throws: `NoSuchUpload`.
    func multipartUpload(_ request: S3Request) throws -> MultipartUpload {
        try store.multipartUpload(request.uploadID.text, of: request.key, in: request.bucket)
    }
}
