import NIOCore
import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `POST /B` with multipart/form-data: a browser's upload, allowed by a signed policy.
///
/// The order of checks is S3's (AWS, "POST Object"): the form's shape, its signature, its policy, the rights of who
/// signed it, the fields' meaning, all before the first byte of the file is stored.
struct PostObject: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let boundary = try MultipartBoundary(contentType: request.http.head.headers["Content-Type"])
        guard request.http.contentLength != nil || request.http.isChunked else { throw S3Error.missingContentLength }
        var reader = FormReader(request.http.body, boundary: boundary)
        let (form, filename) = try await reader.readFields()
        let (posted, controls) = try await check(form, filename, request)
        let upload = try await services.store.beginUpload(
            of: posted.key,
            to: request.bucket,
            digests: ContentDigests(for: posted.digests)
        )
        do {
            while let chunk = try await reader.nextFileBytes() {
                try posted.sizes.check(upload.byteCount + Int64(chunk.readableBytes), isWhole: false)
                try await upload.write(chunk)
            }
            try posted.sizes.check(upload.byteCount)
            var attributes = try ObjectAttributes(posting: posted)
            controls.apply(to: &attributes)
            let record = try await upload.commit(
                attributes,
                demand: posted.digests,
                precondition: .none
            )
            return try answer(posted, record, request)
        } catch {
            await upload.abort()
            throw error
        }
    }

    private func check(
        _ form: PostForm,
        _ filename: [UInt8]?,
        _ request: S3Request
    ) async throws -> (PostObjectUpload, UploadControls) {
        let bucket = try request.bucket
        let parsed = try PostObjectRequest(form: form, filename: filename, rules: services.formRules)
        request.http.trace.note { $0.identity = parsed.authentication.accessKeyID }
        let (identity, verified) = try services.authenticator.verify(parsed)
        let permitted = try verified.permitted(bucket: bucket, now: services.clock())
        let key = permitted.request.form.bytes("key").flatMap { try? ObjectKey(utf8: $0) }
        request.http.trace.note { $0.key = key?.string }
        try await services.authorizer.authorize(
            posting: permitted.request,
            by: identity,
            to: bucket,
            key: key,
            http: request.http
        )
        let target = try services.store.bucket(bucket)
        let upload = try permitted.upload()
        let controls = try UploadControls(posting: upload, in: target, services, callerID: identity.userID)
        return (upload, controls)
    }

    private func answer(_ posted: PostObjectUpload, _ record: ObjectRecord, _ request: S3Request) throws -> Response {
        let bucket = try request.bucket
        let success = PostObjectSuccess(
            posted.success,
            bucket: bucket,
            key: record.key,
            etag: record.etag,
            location: PostLocation(request.address, scheme: services.scheme(of: request))
        )
        var headers = record.writtenHeaders.adding(services.controlHeaders(of: record, in: bucket))
        headers.add(name: "Location", value: success.location)
        let status = HTTPResponseStatus(statusCode: success.status)
        guard let document = success.document else { return Response(status, headers: headers) }
        let response = PostResponse(
            location: document.location,
            bucket: bucket,
            key: document.key,
            etag: document.etag
        )
        return Response(status, contentType: "application/xml", bytes: try response.document(), headers: headers)
    }
}

extension ObjectAttributes {
    /// What the fields of a form set.
    fileprivate init(posting upload: PostObjectUpload) throws(S3Error) {
        self.init(headers: ["content-type": upload.contentType])
        for field in upload.systemHeaders.fields { headers[ByteText.lowercasedASCII(field.name)] = field.value }
        for field in upload.userMetadata.fields { metadata[field.name] = field.value }
        if let storageClass = upload.storageClass, storageClass != "STANDARD" {
            headers["x-amz-storage-class"] = storageClass
        }
        headers["x-amz-website-redirect-location"] = upload.websiteRedirectLocation
        if let tagging = upload.tagging {
            tags = try TagSet(formField: tagging).tags.map { Tag(key: $0.key, value: $0.value) }
        }
    }
}
