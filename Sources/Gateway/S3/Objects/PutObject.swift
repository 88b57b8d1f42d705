import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `PUT /B/K`: stores an object.
struct PutObject: S3OperationHandler {
    /// The most bytes that one PUT may bring: 5 GiB (AWS, "Uploading objects").
    static let maximumSize: Int64 = 5_368_709_120

    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let (bucket, key) = (try request.bucket, try request.key)
        var attributes = try ObjectAttributes(putting: request)
        let controls = try UploadControls(request, services)
        controls.apply(to: &attributes)
        let precondition = try WritePrecondition(putting: request.http.head.headers)
        let payload = try UploadPayload(request, limit: Self.maximumSize)
        if controls.isLockRequested, !payload.hasDigest { throw S3Error.lockedUploadWithoutDigest }
        let upload = try await services.store.beginUpload(
            of: key,
            to: bucket,
            digests: ContentDigests(for: payload.demand)
        )
        do {
            let demand = try await payload.stream { chunk in
                try await upload.write(chunk)
                return upload.byteCount
            }
            let record = try await upload.commit(attributes, demand: demand, precondition: precondition)
            var headers = record.writtenHeaders
            headers.add(contentsOf: services.controlHeaders(of: record, in: bucket))
            return Response(.ok, headers: headers)
        } catch {
            await upload.abort()
            throw error
        }
    }
}

extension ObjectRecord {
    /// The headers of a successful write.
    var writtenHeaders: HTTPHeaders {
        var headers: HTTPHeaders = ["ETag": etag.quoted]
        headers.add(contentsOf: checksumHeaders)
        headers.add(contentsOf: versionHeader)
        return headers
    }

    /// The headers that tell the stored checksum and what it is of.
    var checksumHeaders: HTTPHeaders {
        guard let checksum = objectChecksum else { return [:] }
        return [
            checksum.checksum.algorithm.headerName: checksum.headerValue,
            "x-amz-checksum-type": checksum.type.rawValue,
        ]
    }

    /// The checksum with what it is of.
    var objectChecksum: ObjectChecksum? {
        checksums.first.map { ObjectChecksum($0, type: checksumType, partCount: parts.isEmpty ? nil : parts.count) }
    }

    /// The header with the version's id; nothing for the version `null`.
    var versionHeader: HTTPHeaders {
        version == .null ? [:] : ["x-amz-version-id": version.text]
    }
}
